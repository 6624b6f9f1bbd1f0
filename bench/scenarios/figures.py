"""Figures that several scenarios tell."""

from bench.traffic import Answers, Measured

Figures = dict[str, float | None]


def load(measured: Measured) -> Figures:
    """How busy the load's core was; a load generator without a rest would be what is measured."""
    return {"busy_load_core": measured.busy_load_core, "load_cpu": measured.load_cpu}


def cpu_per_answer(measured: Measured) -> Figures:
    """Processor time hardly changes when others use the machine too; time by the clock does."""
    answered = sum(len(answers.taken) for answers in measured.answers)
    return {
        "server_cpu_ms": measured.server_cpu * 1000 / answered if answered else None,
        **load(measured),
    }


def speed(answers: Answers, measured: Measured) -> Figures:
    return {
        "per_second": answers.per_second(),
        "p50_ms": answers.latency(0.5),
        "p99_ms": answers.latency(0.99),
        "failures": float(answers.failures()),
        **cpu_per_answer(measured),
    }
