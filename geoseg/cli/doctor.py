"""`geoseg doctor`."""

from __future__ import annotations

import json

import click

from geoseg.cli.options import verbosity_options


@click.command("doctor", epilog="Example: geoseg doctor > report.txt")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@verbosity_options
@click.pass_context
def doctor_command(context: click.Context, as_json: bool) -> None:
    """Check this installation, and print a report to paste into a bug report.

    The report holds no home folder, user or host name. The exit code is 1 if something that
    geoseg needs does not work.
    """
    from geoseg.doctor import examine

    facts = examine()
    broken = [fact.name for fact in facts if not fact.is_good]
    if as_json:
        report = {"ok": not broken, "broken": broken, **{fact.name: fact.text for fact in facts}}
        click.echo(json.dumps(report, indent=2))
    else:
        width = max(len(fact.name) for fact in facts)
        for fact in facts:
            click.echo(f"{fact.name:<{width}}  {fact.text}")
        click.echo(f"{'result':<{width}}  {'broken: ' + ', '.join(broken) if broken else 'good'}")
    context.exit(1 if broken else 0)
