"""Faults of the API's own processes."""

import signal

import psutil

from bench.faults.stage import Stage


def worker_killed(stage: Stage) -> None:
    """One of two workers is killed while it has requests. `postern serve` replaces it."""
    _kill(stage, stage.apis[0].workers()[:1])


def worker_paused(stage: Stage) -> None:
    """One of two workers is stopped (SIGSTOP)."""
    _pause(stage, stage.apis[0].workers()[:1])


def workers_killed(stage: Stage) -> None:
    """Both workers are killed while they have requests. `postern serve` replaces them."""
    _kill(stage, stage.apis[0].workers())


def workers_paused(stage: Stage) -> None:
    """Both workers are stopped (SIGSTOP) while they have requests."""
    _pause(stage, stage.apis[0].workers())


def sigterm(stage: Stage) -> None:
    """One of two API processes gets SIGTERM. When it has ended, it is started again.

    Clients send it requests all the time, as nothing takes its port away from them.
    """
    stopped = stage.apis[0]
    stage.people.wait_for_requests(2)
    stopped.process.send_signal(signal.SIGTERM)
    stopped.process.wait(30)
    stopped.start()
    stopped.wait_ready()


def _kill(stage: Stage, workers: list[psutil.Process]) -> None:
    stage.people.wait_for_requests(2)
    for worker in workers:
        worker.kill()


def _pause(stage: Stage, workers: list[psutil.Process]) -> None:
    stage.people.wait_for_requests(2)
    for worker in workers:
        worker.suspend()
    try:
        stage.hold()
    finally:
        for worker in workers:
            if worker.is_running():
                worker.resume()
