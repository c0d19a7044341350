"""The steps of Caudal's batch as Airflow tasks. All state is Caudal's: a task may be killed, cleared or run again at any point."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import requests
from airflow.providers.http.hooks.http import HttpHook

try:
    from airflow.sdk import BaseSensorOperator, PokeReturnValue
    from airflow.sdk.exceptions import (
        AirflowException,
        AirflowFailException,
        AirflowNotFoundException,
        AirflowSkipException,
    )
except ImportError:  # Airflow 2
    from airflow.exceptions import (
        AirflowException,
        AirflowFailException,
        AirflowNotFoundException,
        AirflowSkipException,
    )
    from airflow.sensors.base import BaseSensorOperator, PokeReturnValue

STEPS = ("extract", "validate", "load", "reconcile", "purge")

# The step whose turn it is in each state of a run.
NEXT_STEP = {
    "created": "extract",
    "extracted": "validate",
    "waitingForApproval": "validate",  # until a person has decided
    "validated": "load",
    "loaded": "reconcile",
    "reconciled": "purge",
    "purged": None,
}

# What passes by itself: Airflow tries again. Every other refusal is final.
TRANSIENT = {408, 425, 429, 500, 502, 503, 504}


class Refused(AirflowFailException):
    """Caudal will not do it, and would not if it were asked again."""

    def __init__(self, sentence: str, code: str | None) -> None:
        super().__init__(sentence)
        self.code = code


class CaudalApi:
    """Caudal's HTTP API behind an Airflow connection of type HTTP, whose password is the token."""

    # Seconds to connect, and to wait for an answer: the API answers at once, work is started and looked at.
    TIMEOUT = (10, 60)

    def __init__(self, connection: str) -> None:
        self.connection = connection

    def get(self, path: str) -> dict[str, Any]:
        return self._ask("GET", path)

    def post(self, path: str, body: Mapping[str, str] | None = None) -> dict[str, Any]:
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> dict[str, Any]:
        hook = HttpHook(method=method, http_conn_id=self.connection)
        with hook.get_conn({"Authorization": f"Bearer {self._token(hook)}"}) as session:
            try:
                response = session.request(method, hook.url_from_endpoint(path), json=body, timeout=self.TIMEOUT)
            except requests.exceptions.SSLError as error:
                raise AirflowFailException(
                    f"The certificate of {hook.base_url} is not trusted: name its authority as 'verify' in the extra of connection "
                    f"'{self.connection}'. {error}"
                ) from None
            except (requests.ConnectionError, requests.Timeout) as error:
                raise AirflowException(
                    f"Caudal does not answer at {hook.base_url}. Is it up, and are host, port and schema of connection "
                    f"'{self.connection}' right? {error}"
                ) from None
        if response.ok:
            return response.json() if response.content else {}
        raise self._problem(response, f"{method} {path}")

    def _token(self, hook: HttpHook) -> str:
        try:
            token = hook.get_connection(self.connection).password
        except AirflowNotFoundException:
            raise AirflowFailException(
                f"There is no connection '{self.connection}': add one of type HTTP with Caudal's address, and a token as its password."
            ) from None
        if not token:
            raise AirflowFailException(
                f"Connection '{self.connection}' has no token: `caudal token create --role operator --name airflow` makes one; "
                "it is the connection's password."
            )
        return token

    def _problem(self, response: requests.Response, asked: str) -> AirflowException:
        """A problem (RFC 9457) has a sentence and a code; what a proxy in between answers has neither."""
        is_problem = response.headers.get("Content-Type", "").startswith("application/problem+json")
        problem = response.json() if is_problem else {}
        sentence = problem.get("detail", response.reason)
        told = f"{sentence} ({asked} was answered with {response.status_code} {problem.get('code', '')})".replace(" )", ")")
        if response.status_code in TRANSIENT:
            return AirflowException(f"Caudal could not do it now: {told}")
        if response.status_code in (401, 403):
            told += f" The token is the password of connection '{self.connection}'."
        return Refused(f"Caudal refused: {told}", problem.get("code"))


class CaudalStep(BaseSensorOperator):
    """
    Takes a run through one step: starts it, looks until it is done, and shows what came of it.

    :param step: extract, validate, load, reconcile or purge; the task is named after it.
    :param caudal_run: the run's id; none for extract, which makes the run of the logical date under the DAG run's id, or finds it.
    :param connection: an Airflow connection of type HTTP, with a token as its password.
    :param look_seconds: how long a task looks before it leaves its worker to others until the next ``poke_interval``.
    """

    template_fields = ("caudal_run",)
    ui_color = "#d9ecf2"

    def __init__(
        self,
        *,
        step: str,
        caudal_run: Any = None,
        connection: str = "caudal",
        look_seconds: float = 120,
        **kwargs: Any,
    ) -> None:
        super().__init__(task_id=step, mode="reschedule", **kwargs)
        self.step = step
        self.caudal_run = caudal_run
        self.connection = connection
        self.look_seconds = look_seconds

    def poke(self, context: Any) -> PokeReturnValue:
        caudal = CaudalApi(self.connection)
        run_id = self.caudal_run or self._make(caudal, context)
        if run_id is None:
            return PokeReturnValue(False)
        path = f"/api/batch/runs/{run_id}"
        until = time.monotonic() + self.look_seconds
        run = caudal.get(path)
        while not self._is_done(run):
            if run["state"] == "waitingForApproval":
                self._say_what_waits(run)
                return PokeReturnValue(False)
            # Usually the task's own step. Where a crash has emptied the staging it is extract again, and those after it.
            if not self._work(caudal, f"{path}/steps/{NEXT_STEP[run['state']]}", until):
                return PokeReturnValue(False)
            run = caudal.get(path)
        self._report(run)
        return PokeReturnValue(True, run["run"] if self.step == "extract" else None)

    def _make(self, caudal: CaudalApi, context: Any) -> int | None:
        """The id of the DAG run's own run, new or known; none while another run is unfinished."""
        key = context["run_id"]
        logical_date = context.get("logical_date")
        day = logical_date.astimezone(self.dag.timezone).strftime("%Y-%m-%d") if logical_date else None
        try:
            return self._create(caudal, key, day, by_hand=context["dag_run"].run_type == "manual")
        except Refused as refusal:
            if refusal.code == "already-settled":
                raise AirflowSkipException(f"Nothing is left to do for {day}: other runs have settled it. {refusal}") from None
            if refusal.code != "run-unfinished":
                raise
            self.log.warning("This run has to wait, and asks again in %.0f s. %s", self.poke_interval, refusal)
            return None

    def _create(self, caudal: CaudalApi, key: str, day: str | None, by_hand: bool) -> int:
        try:
            return caudal.post("/api/batch/runs", {"key": key, "day": day} if day else {"key": key})["run"]
        except Refused as refusal:
            if not (by_hand and refusal.code == "day-not-over"):
                raise
            self.log.info("%s is not over: a run that is triggered by hand then settles what has come by now.", day)
            return self._create(caudal, key, None, by_hand)

    def _work(self, caudal: CaudalApi, path: str, until: float) -> bool:
        """Starts the work at the path, or joins it; false where it goes on after the time that is given to look."""
        caudal.post(path)
        said = None
        while (look := caudal.get(path))["state"] == "running":
            if time.monotonic() > until:
                self.log.info("It goes on, and is looked at again in %.0f s.", self.poke_interval)
                return False
            if (done := look["done"]) != said:
                rows = look.get("rows")
                self.log.info("%s: %s rows done%s", look.get("step") or "waits", f"{done:,}", f" of {rows:,}" if rows else "")
                said = done
            time.sleep(1)
        return True

    def _is_done(self, run: Mapping[str, Any]) -> bool:
        turn = NEXT_STEP.get(run["state"], "")
        if turn == "":
            raise AirflowFailException(f"Run {run['run']} is '{run['state']}', which these tasks do not know: they are older than Caudal.")
        return turn is None or STEPS.index(turn) > STEPS.index(self.step)

    def _say_what_waits(self, run: Mapping[str, Any]) -> None:
        number = run["run"]
        for check in run["checks"]:
            if check["overThreshold"]:
                self.log.warning(
                    "Check %s: %s of %s rows fail it, %s in a million may.",
                    check["rule"], f"{check['failing']:,}", f"{check['rows']:,}", f"{check['failingPerMillionMax']:,}",
                )
        self.log.warning(
            "Run %s WAITS FOR A PERSON, on Caudal's page Batch, or: `caudal batch show %s --failing`, then `caudal batch approve %s` "
            "or `caudal batch decline %s --why TEXT`. This task asks again in %.0f s.",
            number, number, number, number, self.poke_interval,
        )

    def _report(self, run: Mapping[str, Any]) -> None:
        self.log.info("Run %s (%s) of %s is %s.", run["run"], run["key"], run["day"], run["state"])
        counts = ("messages", "extracted", "duplicates", "rejected", "loaded", "purged")
        self.log.info(", ".join(f"{name} {run[name]:,}" for name in counts))
        self.log.info("sum %s, digest %s", run["sum"], run["digest"])
        if run.get("decision"):
            self.log.warning("A person has decided: %s", run["decision"])
        self.log.info("Caudal has on record:")
        for step in run["steps"]:
            ended = f"failed at {step['finishedAt']}: {step['error']}" if step.get("error") else f"ended at {step.get('finishedAt')}"
            self.log.info(
                "%s, attempt %s by %s, began at %s, %s", step["name"], step["attempt"], step["actor"], step["startedAt"], ended
            )
