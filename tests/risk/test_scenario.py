"""Scenario folders: scored as they come, never with tomorrow's knowledge, measured against their truth."""

import csv
import json
import random
import shutil
import sys
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xinfu.risk import Pattern, risk_app, scenario

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from risk_scenarios import write_scenario

SMALL = {
    "accounts": 250,
    "families": 15,
    "dormitories": 1,
    "offices": 1,
    "pickups": 1,
    "cafes": 1,
    "rings": 7,
    "ring_min": 6,
    "ring_max": 8,
    "loners": 3,
}
runner = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("scenario")
    write_scenario(made, seed=42, **SMALL)
    return made


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def rewrite(file: Path, keep) -> None:
    kept = rows(file)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(kept[0]))
        writer.writeheader()
        writer.writerows(r for r in kept if keep(r))


def test_the_same_seed_writes_the_same_folder(tmp_path, folder):
    write_scenario(tmp_path, seed=42, **SMALL)
    for file in folder.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_a_small_world_is_read_well(folder):
    told = runner.invoke(risk_app, ["eval", str(folder), "--json"])
    assert told.exit_code == 0
    figures = json.loads(told.stdout)
    assert figures["rings"]["precision"] >= 0.95
    assert figures["rings"]["recall"] >= 0.9
    assert figures["links"]["precision"] >= 0.95
    assert figures["hubs"]["false_positives"] == 0
    assert figures["hubs"]["honest_accounts"] > 50
    assert set(figures["patterns"]) == {p.value for p in Pattern}


def test_every_serial_number_that_clearly_differs_is_found(folder):
    out = {r["order_id"]: r["serial_out"] for r in rows(folder / "orders.csv")}
    truth = {r["id"]: r["label"] for r in rows(folder / "truth.csv") if r["kind"] == "claim"}
    readable = [c for c in rows(folder / "claims.csv") if c["serial_in"] and out.get(c["order_id"])]
    swapped = {c["claim_id"] for c in readable if truth[c["claim_id"]] == "swap"}
    honest = {c["claim_id"] for c in readable if truth[c["claim_id"]] == "honest"}
    hard = {r.claim_id for r in scenario.run(folder).claims if any(f.hard and f.pattern is Pattern.SWAP for f in r.findings)}
    assert swapped and honest
    assert swapped <= hard
    assert not honest & hard


def test_findings_are_written_as_tables_and_truth_is_not_read(folder, tmp_path):
    blind = tmp_path / "blind"
    shutil.copytree(folder, blind)
    (blind / "truth.csv").unlink()
    outs = [tmp_path / "one", tmp_path / "two"]
    for source, out in zip((folder, blind), outs, strict=True):
        assert runner.invoke(risk_app, ["score", str(source), "--out", str(out)]).exit_code == 0
    for name in ("accounts.csv", "claims.csv", "links.csv", "photos.csv"):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    claims = rows(outs[0] / "claims.csv")
    assert {c["claim_id"] for c in claims} == {c["claim_id"] for c in rows(folder / "claims.csv")}
    assert {c["action"] for c in claims} <= {"approve", "review", "evidence"}
    assert all(c["reasons"] for c in claims if float(c["score"]) >= 0.5)
    assert {"p50_ms", "p99_ms", "rebuild_s"} <= set(json.loads((outs[0] / "timing.json").read_text()))


def test_nothing_that_comes_later_changes_the_score_of_a_claim(tmp_path):
    full, cut = tmp_path / "full", tmp_path / "cut"
    write_scenario(full, seed=7, missing=0.0, **SMALL)
    shutil.copytree(full, cut)
    opened = sorted(datetime.fromisoformat(c["opened_at"]) for c in rows(full / "claims.csv"))
    limit = opened[len(opened) // 2]

    def known(name: str):
        return lambda r: not r[name] or datetime.fromisoformat(r[name]) <= limit

    dated = (
        ("accounts", "registered_at"),
        ("devices", "first_seen"),
        ("payees", "first_used"),
        ("orders", "placed_at"),
        ("parcels", "shipped_at"),
        ("claims", "opened_at"),
        ("contacts", "started_at"),
    )
    for table, name in dated:
        rewrite(cut / f"{table}.csv", known(name))
    before = {r.claim_id: (r.score, r.pattern, r.action) for r in scenario.run(cut).claims}
    after = {r.claim_id: (r.score, r.pattern, r.action) for r in scenario.run(full).claims}
    assert len(before) > 30
    assert {c: after[c] for c in before} == before


def test_the_order_of_rows_in_the_files_does_not_matter(folder, tmp_path):
    shuffled = tmp_path / "shuffled"
    shutil.copytree(folder, shuffled)
    for table in ("accounts", "devices", "payees"):
        lines = (shuffled / f"{table}.csv").read_text(encoding="utf-8").splitlines()
        body = lines[1:]
        random.Random(3).shuffle(body)
        (shuffled / f"{table}.csv").write_text("\n".join([lines[0], *body]) + "\n", encoding="utf-8")
    one, two = scenario.run(folder), scenario.run(shuffled)
    assert one.accounts == two.accounts
    assert [(r.claim_id, r.score) for r in one.claims] == [(r.claim_id, r.score) for r in two.claims]


def test_a_folder_that_is_no_scenario_is_refused_in_a_sentence(tmp_path):
    told = runner.invoke(risk_app, ["score", str(tmp_path), "--out", str(tmp_path / "out")])
    assert told.exit_code == 2
    assert "accounts.csv" in told.stderr
    assert not (tmp_path / "out").exists()


def test_rows_full_of_nonsense_are_read_as_unknown(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id,registered_at,phone,name,level\na,not a day,,,x\n", encoding="utf-8")
    header = "claim_id,order_id,account_id,opened_at,kind,reason,about,amount,photos,serial_in,condition_in,decided,decided_at\n"
    (tmp_path / "claims.csv").write_text(header + "k,nowhere,,,return,,,-5,;;,,,maybe,\n", encoding="utf-8")
    (risk,) = scenario.run(tmp_path).claims
    assert (risk.claim_id, risk.action.value) == ("k", "approve")
