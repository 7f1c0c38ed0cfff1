# python/__main__.py: AWS's device SDK for Python judges the twin; settings are a JSON file, each finding is one JSON line on standard output.
import json
import sys
from pathlib import Path

from connections import VERSIONS, Place
from jobs import judge_jobs
from provisioning import judge_provisioning
from shadows import judge_shadows
from telling import Teller
from web_socket import judge_web_socket


def main() -> None:
    settings = json.loads(Path(sys.argv[1]).read_text())
    place = Place(settings['mqttPort'], settings['gatewayPort'], settings['region'], settings['caPem'])
    for version in VERSIONS:
        teller = Teller(version)
        judge_provisioning(teller, place, settings)
        judge_shadows(teller, place, settings)
        judge_jobs(teller, place, settings)
        judge_web_socket(teller, place, settings)


if __name__ == '__main__':
    main()
