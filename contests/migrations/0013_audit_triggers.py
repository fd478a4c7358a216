"""Who writes the audit log: triggers, so that no act, script, admin page or person at a prompt can forget to.

Statement-level with transition tables: a batch of a thousand graded attempts is one insert. FULL JOIN of old and new rows, because
a plan that was made for one row would join a thousand by a nested loop. They run with the rights of who owns the tables, so that the
answer path's role needs none on the log. `queries.audit` holds the same expressions and compares.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from contests.rules.chain import GENESIS, seal_head


def digest(value: str) -> str:
    return f"encode(sha256(convert_to(({value})::text, 'UTF8')), 'hex')"


def micros(moment: str) -> str:
    return f"(extract(epoch FROM {moment}) * 1000000)::bigint"


FACTS = f"""jsonb_strip_nulls(jsonb_build_object('state', x.state, 'epoch', x.epoch, 'points', x.points, 'right', x."right",
    'answered', x.answered, 'guess', x.guess, 'elapsed_ms', x.elapsed_ms, 'deadline', {micros("x.deadline")}, 'until', {micros("x.accepts_until")},
    'submitted_at', {micros("x.submitted_at")}, 'closed_by', nullif(x.closed_by, '')))"""
ROOT = f"""jsonb_build_object('entry', x.entry_id, 'round', x.round_id, 'number', x.number,
    'started_at', {micros("x.started_at")}, 'paper', {digest("jsonb_build_array(x.seed, x.paper)")})"""
FACT_COLUMNS = (
    "state", "epoch", "points", '"right"', "answered", "guess", "elapsed_ms", "deadline", "accepts_until", "submitted_at", "closed_by",
)  # fmt: skip
ROOT_COLUMNS = ("public_id", "entry_id", "round_id", "number", "started_at", "seed", "paper")
QUESTION = "jsonb_build_array(x.salt, x.kind, x.stem, x.options, x.key, x.spec, x.pinned, x.document, x.article, x.other_source, x.explanation)"
QUESTION_DETAIL = f"jsonb_build_object('version', x.id, 'question', x.question_id, 'number', x.number, 'digest', {digest(QUESTION)})"


def tuple_of(alias: str, columns: tuple[str, ...]) -> str:
    return f"({', '.join(f'{alias}.{column}' for column in columns)})"


ROOT_CHANGED = f"{tuple_of('x', ROOT_COLUMNS)} IS DISTINCT FROM {tuple_of('o', ROOT_COLUMNS)}"


@dataclass(frozen=True)
class Writer:
    """What one table's triggers write. Expressions over `x`, the row (at an update the new one), and `o`, the old one."""

    table: str
    added: str
    changed: str
    removed: str
    detail: str
    watched: tuple[str, ...]
    contest: str = "NULL"
    attempt: str = "NULL"
    actor: str = "NULL"
    actor_of_change: str = "NULL"
    joins: str = ""
    more_of_start: str = ""
    more_of_change: str = ""

    @property
    def function(self) -> str:
        return f"contests_audit_{self.table.split('_')[1]}"

    def sql(self) -> str:
        into = "INSERT INTO contests_auditrecord (at, what, contest, attempt, actor, detail) SELECT clock_timestamp()"
        triggers = "".join(
            f"CREATE TRIGGER audit_{op.lower()} AFTER {op} ON {self.table} REFERENCING {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {self.function}();\n"
            for op, rows in (
                ("INSERT", "NEW TABLE AS new_rows"),
                ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
                ("DELETE", "OLD TABLE AS old_rows"),
            )
        )
        return f"""
CREATE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {into}, {self.added}, {self.contest}, {self.attempt}, {self.actor}, {self.detail} {self.more_of_start}
        FROM new_rows x {self.joins} ORDER BY x.id;
    ELSIF TG_OP = 'UPDATE' THEN
        {into}, {self.changed}, {self.contest}, {self.attempt}, {self.actor_of_change}, {self.detail} {self.more_of_change}
        FROM new_rows x FULL JOIN old_rows o ON o.id = x.id {self.joins}
        WHERE {tuple_of("x", self.watched)} IS DISTINCT FROM {tuple_of("o", self.watched)} ORDER BY x.id;
    ELSE
        {into}, {self.removed}, {self.contest}, {self.attempt}, NULL, {self.detail}
        FROM old_rows x {self.joins} ORDER BY x.id;
    END IF;
    RETURN NULL;
END $$;
{triggers}"""

    def undo(self) -> str:
        drops = "".join(f"DROP TRIGGER audit_{op} ON {self.table};" for op in ("insert", "update", "delete"))
        return f"{drops} DROP FUNCTION {self.function}();"


def of_a_round(through: str) -> str:
    return f"LEFT JOIN contests_round r ON r.id = {through}"


WRITERS = [
    Writer(
        "contests_attempt", "'attempt.started'",
        # A trigger of an update sees no states but those of `rules.lifecycle`; what else changed comes after them.
        f"""CASE WHEN x.state IS DISTINCT FROM o.state THEN 'attempt.' || x.state
             WHEN {ROOT_CHANGED} THEN 'attempt.altered'
             WHEN x.epoch <> o.epoch THEN 'attempt.taken_over'
             WHEN x.state = 'regraded' THEN 'attempt.regraded'
             WHEN x.state = 'started' AND (x.deadline, x.accepts_until) IS DISTINCT FROM (o.deadline, o.accepts_until) THEN 'attempt.extended'
             ELSE 'attempt.altered' END""",
        "'attempt.removed'", f"{FACTS}", (*FACT_COLUMNS, *ROOT_COLUMNS), contest="r.contest_id", attempt="x.public_id",
        actor="e.member_id", actor_of_change="CASE WHEN x.state = 'submitted' AND o.state = 'started' THEN e.member_id END",
        joins=of_a_round("x.round_id") + " LEFT JOIN contests_entry e ON e.id = x.entry_id",
        more_of_start=f"|| {ROOT}", more_of_change=f"|| CASE WHEN {ROOT_CHANGED} THEN {ROOT} ELSE '{{}}' END",
    ),
    Writer(
        "contests_contestevent", "'contest.' || x.what", "'contest.event_altered'", "'contest.event_removed'",
        f"jsonb_build_object('event', x.id, 'digest', {digest('x.detail')})",
        ("contest_id", "what", "detail", "actor_id", "at"), contest="x.contest_id", actor="x.actor_id",
    ),
    Writer(
        "contests_attemptevent", "'ruling.' || x.what", "'ruling.event_altered'", "'ruling.event_removed'",
        f"jsonb_build_object('event', x.id, 'digest', {digest('jsonb_build_array(x.reason, x.detail)')})",
        ("attempt_id", "what", "reason", "detail", "actor_id", "at"), contest="r.contest_id", attempt="a.public_id", actor="x.actor_id",
        joins="LEFT JOIN contests_attempt a ON a.id = x.attempt_id " + of_a_round("a.round_id"),
    ),
    Writer(
        "contests_extension", "'extension.given'",
        "CASE WHEN x.revoked_at IS NOT NULL AND o.revoked_at IS NULL THEN 'extension.revoked' ELSE 'extension.altered' END",
        "'extension.removed'",
        f"""jsonb_strip_nulls(jsonb_build_object('extension', x.public_id, 'round', r.number, 'member', x.member_id, 'unit', x.unit_id,
            'minutes', x.extra_minutes, 'attempts', x.extra_attempts, 'closes_at', {micros("x.closes_at")},
            'revoked_at', {micros("x.revoked_at")}, 'reason', {digest("x.reason")}))""",
        ("public_id", "round_id", "member_id", "unit_id", "extra_minutes", "extra_attempts", "closes_at", "reason", "created_by_id",
         "created_at", "revoked_by_id", "revoked_at"),
        contest="r.contest_id", actor="x.created_by_id",
        actor_of_change="CASE WHEN x.revoked_at IS NOT NULL AND o.revoked_at IS NULL THEN x.revoked_by_id END", joins=of_a_round("x.round_id"),
    ),
    Writer(
        "contests_contest", "'contest.row_added'", "'contest.row_changed'", "'contest.row_removed'",
        f"""jsonb_build_object('state', x.state, 'organizer', x.organizer_id, 'audience', x.audience_id, 'bank', x.bank_id,
            'words', {digest("jsonb_build_array(x.slug, x.title, x.summary)")}, 'rules', {digest("x.rules")})""",
        ("state", "organizer_id", "audience_id", "bank_id", "slug", "title", "summary", "rules"), contest="x.id", actor="x.created_by_id",
    ),
    Writer(
        "contests_round", "'round.added'", "'round.changed'", "'round.removed'",
        f"""jsonb_strip_nulls(jsonb_build_object('round', x.number, 'opens_at', {micros("x.opens_at")}, 'closes_at', {micros("x.closes_at")},
            'extended_until', {micros("x.extended_until")}, 'truth', x.truth, 'rules', {digest("jsonb_build_array(x.title, x.rules)")}))""",
        ("contest_id", "number", "title", "opens_at", "closes_at", "extended_until", "rules", "truth"), contest="x.contest_id",
    ),
    Writer(
        "contests_questionversion", "'question.version'", "'question.altered'", "'question.removed'", QUESTION_DETAIL,
        ("question_id", "number", "kind", "stem", "options", "key", "spec", "pinned", "document", "article", "other_source", "explanation", "salt"),
        actor="x.created_by_id",
    ),
    Writer(
        "accounts_role", "'role.granted'", "'role.changed'", "'role.removed'",
        "jsonb_strip_nulls(jsonb_build_object('role', x.id, 'member', x.member_id, 'unit', x.unit_id, 'kind', x.kind, 'from', x.from_day, 'to', x.to_day))",
        ("member_id", "unit_id", "kind", "from_day", "to_day", "granted_by_id"), actor="x.granted_by_id",
    ),
    Writer(
        "accounts_consent", "'consent.given'",
        "CASE WHEN x.withdrawn_at IS NOT NULL AND o.withdrawn_at IS NULL THEN 'consent.withdrawn' ELSE 'consent.altered' END",
        "'consent.removed'",
        "jsonb_build_object('consent', x.id, 'member', x.member_id, 'purpose', x.purpose, 'version', x.text_version, 'hash', x.text_hash)",
        ("member_id", "purpose", "text_version", "text_hash", "channel", "given_at", "withdrawn_at"), actor="x.member_id",
    ),
]  # fmt: skip

# Rare, on a table that every login writes: a row trigger whose condition costs nothing where it does not hold.
RIGHTS = """
CREATE FUNCTION contests_audit_rights() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO contests_auditrecord (at, what, detail) VALUES (clock_timestamp(), 'member.rights', jsonb_build_object(
        'member', NEW.id, 'superuser', NEW.is_superuser, 'staff', NEW.is_staff, 'active', NEW.is_active));
    RETURN NULL;
END $$;
CREATE TRIGGER audit_insert AFTER INSERT ON accounts_member
    FOR EACH ROW WHEN (NEW.is_superuser OR NEW.is_staff) EXECUTE FUNCTION contests_audit_rights();
CREATE TRIGGER audit_update AFTER UPDATE OF is_superuser, is_staff, is_active ON accounts_member FOR EACH ROW
    WHEN ((NEW.is_superuser, NEW.is_staff, NEW.is_active) IS DISTINCT FROM (OLD.is_superuser, OLD.is_staff, OLD.is_active))
    EXECUTE FUNCTION contests_audit_rights();
"""
NO_RIGHTS = "DROP TRIGGER audit_insert ON accounts_member; DROP TRIGGER audit_update ON accounts_member; DROP FUNCTION contests_audit_rights();"

# A record is added by a trigger, sealed once, and never touched again. The owner of the table can take this guard away; the
# chain is for that.
GUARD = """
CREATE FUNCTION contests_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the audit log is only added to, by triggers' USING ERRCODE = 'insufficient_privilege', TABLE = 'contests_auditrecord';
END $$;
CREATE TRIGGER audit_only_by_triggers BEFORE INSERT ON contests_auditrecord FOR EACH STATEMENT EXECUTE FUNCTION contests_audit_guard();
CREATE TRIGGER audit_only_sealed BEFORE UPDATE ON contests_auditrecord FOR EACH ROW
    WHEN (OLD.position IS NOT NULL OR NEW.position IS NULL OR (NEW.id, NEW.at, NEW.what, NEW.contest, NEW.attempt, NEW.actor, NEW.detail)
        IS DISTINCT FROM (OLD.id, OLD.at, OLD.what, OLD.contest, OLD.attempt, OLD.actor, OLD.detail))
    EXECUTE FUNCTION contests_audit_guard();
CREATE TRIGGER audit_never_removed BEFORE DELETE ON contests_auditrecord FOR EACH STATEMENT EXECUTE FUNCTION contests_audit_guard();
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON contests_auditrecord FOR EACH STATEMENT EXECUTE FUNCTION contests_audit_guard();
"""
NO_GUARD = (
    "".join(
        f"DROP TRIGGER audit_{name} ON contests_auditrecord;"
        for name in ("only_by_triggers", "only_sealed", "never_removed", "never_emptied")
    )
    + "DROP FUNCTION contests_audit_guard();"
)

# What is there already, as it is today: from here on a change past the triggers shows.
KNOWN = f"""
INSERT INTO contests_auditrecord (at, what, contest, attempt, detail)
SELECT clock_timestamp(), 'attempt.known', r.contest_id, x.public_id, {FACTS} || {ROOT}
FROM contests_attempt x {of_a_round("x.round_id")} ORDER BY x.id;
INSERT INTO contests_auditrecord (at, what, actor, detail)
SELECT clock_timestamp(), 'question.known', x.created_by_id, {QUESTION_DETAIL} FROM contests_questionversion x ORDER BY x.id;
"""


def begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The head of an empty chain. Only here: a head that is gone later was taken away."""
    head = seal_head(settings.AUDIT_KEY.encode(), 0, GENESIS)
    apps.get_model("contests", "AuditHead").objects.create(pk=1, count=0, link=head.link, mac=head.mac)


class Migration(migrations.Migration):
    dependencies = [("contests", "0012_audit"), ("accounts", "0002_unit_kinds")]
    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        *(migrations.RunSQL(writer.sql(), writer.undo()) for writer in WRITERS),
        migrations.RunSQL(RIGHTS, NO_RIGHTS),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
