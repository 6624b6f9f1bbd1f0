"""Figures that several scenarios give."""

from bench.traffic import Answers, Measured

Figures = dict[str, float | None]


def load(measured: Measured) -> Figures:
    """How busy the core of the load was. A load generator at its limit would limit the figures."""
    return {"busy_load_core": measured.busy_load_core, "load_cpu": measured.load_cpu}


def cpu_per_answer(measured: Measured) -> Figures:
    """Processor time, which hardly depends on other work of the machine. Elapsed time does."""
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
