# python/jobs.py: a device takes its jobs, tells how far it is, and ends them, by the SDK's jobs client.
from functools import partial

from awsiot import iotjobs

from answers import Stream, refusal
from connections import SERVICE_OPTIONS, WAIT_S, Place, connect
from telling import Teller, order_job, same


def judge_jobs(teller: Teller, place: Place, settings: dict) -> None:
    thing = f'worker-{teller.tag}'
    with connect(teller.version, place, thing, certificate=settings['devices'][thing]) as connection:
        client = iotjobs.IotJobsClientV2(connection.client, SERVICE_OPTIONS)
        first, second = f'first-{teller.tag}', f'second-{teller.tag}'
        teller.check('jobs are told, taken, reported and ended in their order', lambda: work(client, thing, first, second), ('Jobs', 'next, update, progress, notifications'))
        teller.check("a wrong update is refused in AWS's words", lambda: misreport(client, thing, first), ('Jobs', 'refusals'))
        del client


def work(client: iotjobs.IotJobsClientV2, thing: str, first: str, second: str) -> None:
    next_jobs = Stream(partial(client.create_next_job_execution_changed_stream, iotjobs.NextJobExecutionChangedSubscriptionRequest(thing_name=thing)))
    queue = Stream(partial(client.create_job_executions_changed_stream, iotjobs.JobExecutionsChangedSubscriptionRequest(thing_name=thing)))
    order_job(first, thing)
    told = next_jobs.first(lambda event: event.execution is not None and event.execution.job_id == first)
    same((told.execution.status, told.execution.job_document), (iotjobs.JobStatus.QUEUED, {'do': first}))
    order_job(second, thing)
    queue.first(lambda event: any(job.job_id == second for job in (event.jobs or {}).get('QUEUED', [])))

    begun = client.start_next_pending_job_execution(iotjobs.StartNextPendingJobExecutionRequest(thing_name=thing, status_details={'step': 'begun'})).result(WAIT_S).execution
    same((begun.job_id, begun.status, begun.status_details), (first, iotjobs.JobStatus.IN_PROGRESS, {'step': 'begun'}))
    pending = client.get_pending_job_executions(iotjobs.GetPendingJobExecutionsRequest(thing_name=thing)).result(WAIT_S)
    same(([job.job_id for job in pending.in_progress_jobs], [job.job_id for job in pending.queued_jobs]), ([first], [second]))

    halfway = iotjobs.UpdateJobExecutionRequest(
        thing_name=thing, job_id=first, status=iotjobs.JobStatus.IN_PROGRESS, status_details={'step': 'half'},
        expected_version=begun.version_number, include_job_execution_state=True, include_job_document=True,
    )
    updated = client.update_job_execution(halfway).result(WAIT_S)
    same((updated.execution_state.version_number, updated.execution_state.status_details, updated.job_document), (begun.version_number + 1, {'step': 'half'}, {'do': first}))

    end(client, thing, first, iotjobs.JobStatus.SUCCEEDED)
    next_jobs.first(lambda event: event.execution is not None and event.execution.job_id == second)
    described = client.describe_job_execution(iotjobs.DescribeJobExecutionRequest(thing_name=thing, job_id='$next', include_job_document=True)).result(WAIT_S)
    same((described.execution.job_id, described.execution.job_document), (second, {'do': second}))
    client.start_next_pending_job_execution(iotjobs.StartNextPendingJobExecutionRequest(thing_name=thing)).result(WAIT_S)
    end(client, thing, second, iotjobs.JobStatus.FAILED)
    queue.first(lambda event: event.jobs == {})


def end(client: iotjobs.IotJobsClientV2, thing: str, job_id: str, status: str) -> None:
    client.update_job_execution(iotjobs.UpdateJobExecutionRequest(thing_name=thing, job_id=job_id, status=status)).result(WAIT_S)


def misreport(client: iotjobs.IotJobsClientV2, thing: str, ended: str) -> None:
    """After `work`: its jobs have ended."""
    def update(job_id: str, **members: object) -> str:
        return refusal(client.update_job_execution(iotjobs.UpdateJobExecutionRequest(thing_name=thing, job_id=job_id, status=iotjobs.JobStatus.IN_PROGRESS, **members))).code

    same(update('no-such-job'), iotjobs.RejectedErrorCode.RESOURCE_NOT_FOUND)
    same(update(ended), iotjobs.RejectedErrorCode.INVALID_STATE_TRANSITION)
    described = client.describe_job_execution(iotjobs.DescribeJobExecutionRequest(thing_name=thing, job_id=ended))
    same(refusal(described).code, iotjobs.RejectedErrorCode.TERMINAL_STATE_REACHED)
