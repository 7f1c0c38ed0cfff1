# e2e/outsiders/athena/judge.py: reads the table and the query of the runbook as Athena would, and asks the query of the archive's own files.
#
# judge.py <runbook> <folder with the bucket's files> <bucket>; prints one JSON object: what was checked, and the query's rows.
import datetime
import json
import pathlib
import re
import sys

import duckdb
import sqlglot
from sqlglot import exp

DIALECT = "athena"


def statements(runbook, bucket):
    """The block of SQL, for this bucket."""
    [block] = re.findall(r"```sql\n(.*?)```", runbook, re.S)
    return [text.strip() for text in re.sub(r"s3://fleet-<stage>-<account>-<region>-telemetry", f"s3://{bucket}", block).split(";\n") if text.strip()]


def table_of(ddl):
    """Columns, partition columns, location and properties of CREATE EXTERNAL TABLE."""
    create = sqlglot.parse_one(ddl, read=DIALECT)
    assert isinstance(create, exp.Create) and create.kind == "TABLE", f"no CREATE TABLE: {create!r}"
    given = create.args["properties"].expressions
    assert any(isinstance(each, exp.ExternalProperty) for each in given), "the table is not EXTERNAL"
    [serde] = [each for each in given if isinstance(each, exp.RowFormatSerdeProperty)]
    assert serde.this.name == "org.openx.data.jsonserde.JsonSerDe", serde
    [location] = [each.this.name for each in given if isinstance(each, exp.LocationProperty)]
    [partitioned] = [each.this.expressions for each in given if isinstance(each, exp.PartitionedByProperty)]
    columns = {each.name: each.args["kind"] for each in create.this.expressions}
    partitions = {each.name: each.args["kind"] for each in partitioned}
    properties = {each.name: each.args["value"].name for each in given if type(each) is exp.Property}
    return columns, partitions, location, properties


def projected(properties, today):
    """Date → folder: the partitions that partition projection makes (Athena guide, «Supported types for partition projection», date)."""
    assert properties["projection.enabled"] == "true", properties
    assert properties["projection.date.type"] == "date", properties
    assert properties["projection.date.format"] == "yyyy-MM-dd", properties
    begin, end = properties["projection.date.range"].split(",")
    assert end == "NOW", end
    first = datetime.date.fromisoformat(begin)
    days = [(first + datetime.timedelta(days=day)).isoformat() for day in range((today - first).days + 1)]
    return {day: properties["storage.location.template"].replace("${date}", day) for day in days}


def main(runbook, folder, bucket):
    ddl, query = statements(pathlib.Path(runbook).read_text(), bucket)
    columns, partitions, location, properties = table_of(ddl)
    assert set(partitions) == {"date"} and not set(partitions) & set(columns), (partitions, columns)
    folders = projected(properties, datetime.datetime.now(datetime.timezone.utc).date())
    assert all(each.startswith(location) for each in folders.values()), (location, next(iter(folders.values())))

    files = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]
    uri = lambda path: f"s3://{bucket}/{path.relative_to(folder).as_posix()}"
    seen = {day: [str(path) for path in files if uri(path).startswith(prefix)] for day, prefix in folders.items()}
    invisible = [uri(path) for path in files if not any(str(path) in paths for paths in seen.values())]

    db = duckdb.connect()
    parts = []
    for day, paths in seen.items():
        if not paths:
            continue
        # Names are compared without regard to case, as the SerDe does; a column that no file has is an error here.
        cast = ", ".join(f'CAST(to_json({name}) AS {kind.sql("duckdb")}) AS {name}' if kind.is_type("array", "map", "struct") else f'CAST({name} AS {kind.sql("duckdb")}) AS {name}' for name, kind in columns.items())
        parts.append(f"""SELECT {cast}, '{day}' AS "date" FROM read_json({json.dumps(paths).replace('"', "'")}, format = 'newline_delimited', compression = 'gzip')""")
    db.execute("CREATE VIEW telemetry AS " + " UNION ALL ".join(parts))
    [asked] = sqlglot.transpile(query, read=DIALECT, write="duckdb")
    rows = db.execute(asked).fetchall()
    entries = db.execute("SELECT kind, sum(len(entries)), min(receivedat) FROM telemetry GROUP BY kind").fetchall()
    print(json.dumps({"columns": list(columns), "days": [day for day, paths in seen.items() if paths], "files": len(files), "invisible": invisible, "rows": rows, "entries": entries}))


main(*sys.argv[1:])
