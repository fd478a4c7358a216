"""The same people in the real thing: units, members, entries, attempts, answers in the database, judged by the platform's own acts."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Consent, Headcount, Member, Membership, Role, Unit
from contests.actions.contest import open_contest
from contests.actions.enter import enter_contest
from contests.actions.finals import choose_finalists
from contests.actions.grade import grade_pending
from contests.actions.rule_sets import make_from_rule_set
from contests.actions.rulings import void_attempt
from contests.actions.settle import settle_due, settle_round
from contests.actions.standings import restand
from contests.actions.start import start_attempt
from contests.authoring.rule_sets import RuleSet
from contests.errors import ContestError
from contests.intake_batch import new_receipt
from contests.models import Answer, Attempt, Contest, Exclusion, RosterLine, Round, TieDecision
from contests.queries.bank import answer_keys
from contests.queries.rankings import ranking
from contests.rules.contest_settings import parse_contest_rules
from contests.rules.eligibility import asks
from tests import make
from tests.contests.rule_sets import checker, simulate

BEGINS = date(2027, 1, 4)
BORN = date(1990, 5, 1)


class Stage:
    """A contest under a rule set that was moved to `BEGINS`, with the people of `world` in it."""

    def __init__(self, rule_set: RuleSet, world: dict[str, Any], raw: dict[str, Any]) -> None:
        self.rule_set, self.world, self.raw = rule_set, world, raw
        self.before = min(one.opens_at for one in rule_set.rounds) - timedelta(days=20)
        self.units = self._units()
        self.olga = make.make_member("Nguyễn Thị Ơn", self.units["P"], email="olga-p@example.vn")
        Role.objects.create(member=self.olga, unit=self.units["P"], kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
        topics = sorted({part.topic for one in rule_set.rounds for part in one.rules.draw})
        self.bank = make.make_bank(self.units["P"], tuple(topics), each=12)
        self.members = self._members()
        self.contest = make_from_rule_set(
            rule_set, organizer=self.units["P"], audience=self.units["P"], bank=self.bank, by=self.olga, now=self.before
        )
        self.contest = open_contest(contest=self.contest, by=self.olga, now=self.before)
        self.rules = parse_contest_rules(self.contest.rules)
        RosterLine.objects.bulk_create(
            RosterLine(contest=self.contest, login=member.phone, name=member.full_name)
            for member in self.members.values()
        )
        self.entry_of: dict[str, str] = {}  # simulated id → public id of the entry

    def _units(self) -> dict[str, Unit]:
        nation = make.make_unit(None, "Tổng Liên đoàn", "tong-lien-doan")
        found: dict[str, Unit] = {}
        for code, one in self.world["units"].items():
            parent = found[one["parent"]] if one["parent"] else nation
            found[code] = make.make_unit(parent, one["name"], one["kind"], code=code)
            if one["members"]:
                Headcount.objects.create(
                    unit=found[code],
                    on_day=date(2026, 6, 30),
                    members=one["members"],
                    workers=one["workers"],
                    source="thử",
                )
        return found

    def _members(self) -> dict[str, Member]:
        people = self.world["entrants"]
        members = []
        for number, person in enumerate(people):
            member = Member(phone=f"+8498{number:07d}", password="!")
            member.set_name(person["name"])
            members.append(member)
        Member.objects.bulk_create(members)
        Membership.objects.bulk_create(
            Membership(member=member, unit=self.units[person["unit"]], from_day=make.FROM_DAY, set_by=member)
            for member, person in zip(members, people, strict=True)
        )
        Consent.objects.bulk_create(
            Consent(member=member, purpose="take_part", text_version="1", text_hash="", given_at=self.before)
            for member in members
        )
        return {person["id"]: member for member, person in zip(members, people, strict=True)}

    # --- what happens ----------------------------------------------------------------------------------------------
    def hold(self) -> None:
        """The whole contest: every round sat, judged, ruled on, settled; finals chosen from what came before."""
        for number, planned in enumerate(self.raw["rounds"], 1):
            round_ = self.contest.rounds.get(number=number)
            if planned["rules"].get("qualify"):
                assert choose_finalists(round_, round_.opens_at - timedelta(minutes=1))
                assert self._finalists(round_) == checker.finalists(self.raw, self.world, number)
                simulate.sit(
                    self.world,
                    number,
                    planned,
                    checker.openings(planned),
                    checker.finalists(self.raw, self.world, number),
                    "final",
                )
            self._sit(round_)
            after = round_.closes_at + timedelta(minutes=5)
            while grade_pending(now=after):
                pass
            self._rule(round_, after)
            if round_.rules.get("prediction"):
                assert settle_round(round_, after)

    def _finalists(self, round_: Round) -> set[str]:
        by_entry = {entry: person for person, entry in self.entry_of.items()}
        return {by_entry[one.entry.public_id.hex] for one in round_.finalists.select_related("entry")}

    def _sit(self, round_: Round) -> None:
        mine = [
            (attempt["started_at"], person, attempt)
            for person in self.world["entrants"]
            for attempt in person["attempts"]
            if attempt["round"] == round_.number
        ]
        handed_in: list[Attempt] = []
        answers: list[Answer] = []

        def write() -> None:
            Answer.objects.bulk_create(answers)
            Attempt.objects.bulk_update(handed_in, ["state", "closed_by", "receipt", "submitted_at"])
            handed_in.clear()
            answers.clear()

        sitting: set[str] = set()
        for at, person, planned in sorted(mine, key=lambda one: (one[0], one[1]["id"])):
            if person["id"] in sitting:  # nobody sits two at once: what was handed in before is written first
                write()
                sitting.clear()
            sitting.add(person["id"])
            attempt = self._start(person, round_, at)
            answers += self._answer(attempt, planned)
            handed_in.append(attempt)
        write()

    def _start(self, person: dict[str, Any], round_: Round, at: datetime) -> Attempt:
        member = self.members[person["id"]]
        if person["id"] not in self.entry_of and asks(self.rules):
            entry = enter_contest(
                member=member, contest=self.contest, now=person["entered_at"], code=self.rules.eligibility.code, born_on=BORN,
                declared=person["declared"],
            )  # fmt: skip
        attempt = start_attempt(member=member, round_=round_, now=at)
        entry = attempt.entry
        self.entry_of[person["id"]] = entry.public_id.hex
        assert (entry.division, entry.entered_at) == (person["division"], person["entered_at"])
        return attempt

    def _answer(self, attempt: Attempt, planned: dict[str, Any]) -> list[Answer]:
        """The planned outcomes on the paper that was drawn, handed in at the planned instant."""
        keys, answers, outcomes = answer_keys(version for version, _ in attempt.paper), [], []
        for number, ((version, order), outcome) in enumerate(zip(attempt.paper, planned["plan"], strict=True), 1):
            right = [order.index(option) for option in sorted(keys[version].right)]
            wrong = [place for place in range(len(order)) if place not in right]
            took = "w" if outcome == "h" and len(right) == 1 else outcome
            choice = {"r": right, "h": right[:1], "w": wrong[:1], "-": []}[took]
            outcomes.append(took)
            if choice:
                answers.append(
                    Answer(
                        attempt_id=attempt.pk,
                        question=number,
                        choice=sorted(choice),
                        seq=number,
                        arrived_at=planned["submitted_at"],
                    )
                )
        if planned["guess"] is not None:  # the side question stands after the last of the paper, and is typed
            answers.append(
                Answer(
                    attempt_id=attempt.pk, question=len(attempt.paper) + 1, choice=[], text=typed(planned["guess"]), seq=len(outcomes) + 1,
                    arrived_at=planned["submitted_at"],
                )
            )  # fmt: skip
        planned["answers"] = outcomes
        assert attempt.deadline == planned["deadline"]
        attempt.state, attempt.closed_by, attempt.receipt = Attempt.State.SUBMITTED, "member", new_receipt()
        attempt.submitted_at = planned["submitted_at"]
        return answers

    def _rule(self, round_: Round, now: datetime) -> None:
        """Void what was planned, exclude whom the plan excludes."""
        for person in self.world["entrants"]:
            for planned in person["attempts"]:
                if planned["round"] == round_.number and planned["voided"]:
                    attempt = Attempt.objects.get(
                        round=round_, number=planned["number"], entry__public_id=uuid.UUID(self.entry_of[person["id"]])
                    )
                    void_attempt(attempt=attempt, by=self.olga, reason="Làm bài hộ", now=now)
        if round_.number == len(self.raw["rounds"]) or self.raw["rounds"][round_.number]["rules"].get("qualify"):
            self._exclude(now)

    def _exclude(self, now: datetime) -> None:
        out = [person for person in self.world["entrants"] if person["excluded"] and person["id"] in self.entry_of]
        for person in out:
            Exclusion.objects.get_or_create(
                contest=self.contest, member=self.members[person["id"]],
                defaults={
                    "reason": "Thành viên tổ thư ký", "created_by": self.olga, "created_at": now,
                    "prizes_only": person["excluded"] == simulate.PRIZES_ONLY,
                },
            )  # fmt: skip
        entries = Contest.objects.get(pk=self.contest.pk).entries.filter(
            member__in=[self.members[one["id"]] for one in out]
        )
        restand(entries.values_list("pk", flat=True))
        settle_due(now)  # who was excluded may have moved a true number: the worker counts it again

    def decide(self, decisions: dict[tuple[str, int], int], now: datetime) -> None:
        """Put the organizer's order among equals on record."""
        rounds = {one.number: one for one in self.contest.rounds.all()}
        ids = {entry.public_id.hex: entry for entry in self.contest.entries.all()}
        TieDecision.objects.bulk_create(
            TieDecision(
                contest=self.contest, round=rounds.get(number), entry=ids[self.entry_of[person]], place=place, reason="Bốc thăm công khai",
                decided_by=self.olga, decided_at=now,
            )
            for (person, number), place in decisions.items()
        )  # fmt: skip
        restand([ids[self.entry_of[person]].pk for person, _ in decisions], settling=True)

    # --- what came of it -------------------------------------------------------------------------------------------
    def rankings(self) -> dict[tuple[int, str], list[tuple[int, str]]]:
        """As the platform ranks, people by their simulated ids; who shares a place stands by that id."""
        people = {entry: person for person, entry in self.entry_of.items()}
        found = {}
        for number in (checker.WHOLE, *range(1, len(self.raw["rounds"]) + 1)):
            round_ = self.contest.rounds.get(number=number) if number else None
            for division in ("", *(one.key for one in self.rules.divisions)):
                placed = ranking(self.contest, round_, division)
                found[number, division] = sorted((one.place, people[one.result.entry]) for one in placed)
        return found

    def truths(self) -> dict[int, int | None]:
        return {one.number: one.truth for one in self.contest.rounds.all()}


def typed(guess: int) -> str:
    """A number of 10⁻⁵ as people type it: 1234,5."""
    whole, part = divmod(guess, 100_000)
    return f"{whole},{part:05d}".rstrip("0") if part else str(whole)


__all__ = ["BEGINS", "ContestError", "Stage"]
