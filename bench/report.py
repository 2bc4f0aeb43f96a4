"""The results as a table, each also as a multiple of the floor measured in the same run."""

from bench.measure import Measured

HEAD = """
| page | p50 ms | p95 ms | Python CPU | SQL CPU | queries | KiB | × floor | p50 / p95 goal | met |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
""".strip()


def table(found: list[Measured], *, size: str) -> str:
    """A Markdown table; the floor is the 50-row list in raw SQL through the same server."""
    floor = next(one.costs.at(0.5) for one in found if one.page.name.startswith("floor: 50"))
    return "\n".join([f"{size} tickets", "", HEAD, *(_line(one, floor) for one in found)])


def _line(one: Measured, floor: float) -> str:
    if one.problem:
        return f"| {one.page.name} | {one.problem} | | | | | | | | |"
    costs = one.costs
    p50, p95, cpu = costs.at(0.5), costs.at(0.95), costs.at(0.5, "cpu")
    database = costs.at(0.5, "database")
    queries = max(costs.queries)
    want50, want95, want_cpu, want_sql = one.page.goal
    wanted = " / ".join(f"{want:g}" for want in (want50, want95) if want)
    pairs = ((p50, want50), (p95, want95), (cpu, want_cpu), (queries, want_sql))
    met = "yes" if all(not want or got <= want for got, want in pairs) else "**no**"
    return (
        f"| {one.page.name} | {p50:.1f} | {p95:.1f} | {cpu:.1f} | {database:.1f} | {queries} | "
        f"{costs.size / 1024:.0f} | {p50 / floor:.1f} | {wanted} | {met if wanted else ''} |"
    )
