"""
### Settles what was logged on a day

Five steps, each done by Caudal and watched from here: **extract**, **validate**, **load**, **reconcile**, **purge**.
The log of each task shows what its step has come to: counts, sum and digest, and every attempt that Caudal has on record.

A run that waits for a person keeps *validate* waiting; its log says who is to decide what.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from caudal_steps import CaudalStep

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG

# Yours to set. The zone is that of Caudal's days, its setting History:BusinessZone.
CONNECTION = "caudal"
ZONE = "UTC"
FIRST_DAY = pendulum.datetime(2026, 1, 1, tz=ZONE)
AT = "30 0 * * *"
# What fails for a while is tried again so often; a run that waits for a person, or a long step, is looked at so often.
RETRIES = 30
RETRY_DELAY = timedelta(minutes=1)
LOOK_AGAIN = timedelta(minutes=1)

with DAG(
    dag_id="caudal_batch",
    description="Settles each day's transactions into history, proven, and purges them from the hot store",
    doc_md=__doc__,
    tags=["caudal"],
    # The logical date is the day itself; its run is made when it is over.
    schedule=CronDataIntervalTimetable(AT, timezone=ZONE),
    start_date=FIRST_DAY,
    # Days are settled one after another, oldest first, each to its own end, also those that went by meanwhile.
    catchup=True,
    max_active_runs=1,
    default_args={
        "owner": "caudal",
        "connection": CONNECTION,
        "retries": RETRIES,
        "retry_delay": RETRY_DELAY,
        "poke_interval": LOOK_AGAIN.total_seconds(),
    },
):
    extract = CaudalStep(step="extract", depends_on_past=True)
    validate = CaudalStep(step="validate", caudal_run=extract.output)
    load = CaudalStep(step="load", caudal_run=extract.output)
    reconcile = CaudalStep(step="reconcile", caudal_run=extract.output)
    purge = CaudalStep(step="purge", caudal_run=extract.output)

    extract >> validate >> load >> reconcile >> purge
