"""What a run says: medians, ratios, tables for people, and one file for everything."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from bench import contenders, growth, imports, pages, steps, writing
from bench.contenders import Measured
from pipeline.gateways.embedded_binaries import POSTGRES_VERSION

LATEST = Path(__file__).resolve().parent / "latest.json"
TITLES = {each.name: each.title for each in (*contenders.EVERYBODY, *contenders.IN_TWO)}

# key: (ours, theirs): how many times as fast ours is, and how many times less CPU it takes; above 1 is better.
RATIOS = {
    "signed_vs_nodemailer_signed": ("signed", "nodemailer_signed"),
    "unsigned_vs_nodemailer": ("unsigned", "nodemailer"),
    "sender_vs_smtp_source": ("sender_alone", "smtp_source"),
    "signed_vs_stdlib": ("signed", "stdlib"),
}
# The same against peers that were given both cores.
RATIOS_2 = {
    "signed_vs_nodemailer_signed_2": ("signed", "nodemailer_signed_2"),
    "unsigned_vs_nodemailer_2": ("unsigned", "nodemailer_2"),
    "signed_vs_stdlib_2": ("signed", "stdlib_2"),
}


def progress(words: str) -> None:
    """Where we are, on the terminal alone."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{words}")
        sys.stderr.flush()


def of(
    measured: Iterable[Measured], sink: str, connections: int, value: Callable[[Measured], float]
) -> dict[str, float]:
    """The median of each contender's rounds, in the order in which they were measured."""
    found: dict[str, list[float]] = {}
    for each in measured:
        if each.sink == sink and each.connections == connections:
            found.setdefault(each.contender, []).append(value(each))
    return {name: median(values) for name, values in found.items()}


def ratios(
    measured: Sequence[Measured], sink: str, connections: int, keys: Mapping[str, tuple[str, str]] = RATIOS
) -> dict[str, float]:
    """The keys for what was measured, ratios of medians; those of the CPU end in `_cpu`."""
    rate = of(measured, sink, connections, lambda m: m.rate)
    cpu = of(measured, sink, connections, lambda m: m.cpu_us)
    found = {}
    for key, (ours, theirs) in keys.items():
        if ours in rate and theirs in rate:
            found[key] = round(rate[ours] / rate[theirs], 3)
            found[f"{key}_cpu"] = round(cpu[theirs] / cpu[ours], 3)
    return found


def tell(measured: Sequence[Measured], headline: int, facts: Mapping[str, Any]) -> None:
    """Tables on standard output."""
    progress("")
    for sink, connections in dict.fromkeys((m.sink, m.connections) for m in measured):
        rate = of(measured, sink, connections, lambda m: m.rate)
        cpu = of(measured, sink, connections, lambda m: m.cpu_us)
        base = "nodemailer" if "nodemailer" in rate else next(iter(rate))
        print(f"\n{contenders.SIZES}, into {sink}, {connections} connections; {TITLES[base]} = 1")
        print(f"  {'':46} {'':>9} {'':>9} {'of that, us a message':>24}")
        print(f"  {'':46} {'as fast':>9} {'CPU':>9} {'sender':>12} {'PostgreSQL':>11}")
        apart = _cpu_apart(measured, sink, connections)
        for name in rate:
            relative = f"{rate[name] / rate[base]:9.2f} {cpu[name] / cpu[base]:9.3f}"
            database = f"{apart[name]['database']:11.0f}" if apart[name]["database"] else ""
            print(f"  {TITLES[name]:46} {relative} {apart[name]['sender']:12.0f} {database}")
    parts = (steps.lines(facts["cpu_us_per_message"]), growth.lines(facts["growth"]))
    for line in (*chain(*parts), *_more_lines(facts)):
        print(line)
    for sink in dict.fromkeys(m.sink for m in measured):
        print(f"\nRatios into {sink}, {headline} connections (above 1: Rounds is ahead)")
        for key, value in ratios(measured, sink, headline, RATIOS | RATIOS_2).items():
            print(f"  {key:38} {value:8.2f}")


def _more_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    yield from imports.lines(facts["imports"])
    yield from pages.lines(facts["pages"])
    yield from writing.lines(facts["writing"])


def facts(measured: Sequence[Measured], headline: int, times: int, more: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that was found. `ratios` are those into smtp-sink."""
    grown = more.get("growth", {})
    return {
        "machine": machine(),
        "versions": versions(),
        "rounds": {
            "times": times,
            "headline_connections": headline,
            "order": "in turn",
            "ratios_against_two_processes": ratios(measured, "smtp-sink", headline, RATIOS_2),
            "ratios_cheap_sink": ratios(measured, "cheap", headline, RATIOS | RATIOS_2),
            "ratios_by_connections": {
                str(each): ratios(measured, "smtp-sink", each)
                for each in sorted({m.connections for m in measured})
            },
            "measured": [asdict(each) for each in measured],
        },
        "cpu_us_per_message": {
            **more.get("cpu_us_per_message", {}),
            "contenders": _cpu_apart(measured, "smtp-sink", headline),
        },
        "growth": grown,
        "rss_mb": growth.rss_mb(grown),
        "imports": more.get("imports", {}),
        "pages": more.get("pages", {}),
        "writing": more.get("writing", {}),
        "ratios": ratios(measured, "smtp-sink", headline),
    }


def write(facts: Mapping[str, Any]) -> None:
    """Everything, to `bench/latest.json`."""
    LATEST.write_text(json.dumps(facts, indent=2) + "\n")


def _cpu_apart(measured: Sequence[Measured], sink: str, connections: int) -> dict[str, dict[str, float]]:
    sender = of(measured, sink, connections, lambda m: m.cpu / m.messages * 1e6)
    database = of(measured, sink, connections, lambda m: m.cpu_database / m.messages * 1e6)
    return {name: {"sender": round(sender[name], 1), "database": round(database[name], 1)} for name in sender}


def machine() -> dict[str, object]:
    """What it ran on; nothing that names it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "cpu": model[0] if model else platform.machine(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "rsa_2048_us": round(rsa_us(), 1),
    }


def rsa_us() -> float:
    """CPU microseconds of one RSA-2048 signature: what nobody who signs can go below, and it differs fourfold between
    processors. The median of a few hundred.
    """
    key = rsa.generate_private_key(65537, 2048)
    found = []
    for _ in range(300):
        began = time.process_time()
        key.sign(b"what is signed", PKCS1v15(), SHA256())
        found.append(time.process_time() - began)
    return median(found) * 1e6


def versions() -> dict[str, str]:
    package = contenders.PEERS / "node_modules" / "nodemailer" / "package.json"
    nodemailer = json.loads(package.read_text())["version"] if package.exists() else "unknown"
    return {
        "rounds": f"{version('rounds')} {_said('git', 'rev-parse', '--short', 'HEAD')}",
        "python": platform.python_version(),
        "node": _said("node", "--version"),
        "nodemailer": nodemailer,
        "postfix": _said("postconf", "-dh", "mail_version"),
        "psycopg": version("psycopg"),
        "postgresql": POSTGRES_VERSION,
        "cryptography": version("cryptography"),
        "jinja2": version("jinja2"),
    }


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
