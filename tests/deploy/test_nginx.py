"""The nginx configuration: what it lets in, what it hides, what it repeats and what it never repeats. A real nginx, real sockets."""

from __future__ import annotations

import datetime
import time
import uuid
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config.embedded import free_port
from deploy.nginx import render
from tests.deploy.servers import Backend, needs_nginx, running_nginx

ATTEMPT = f"/api/attempts/{uuid.UUID(int=7)}/answers"
SAFE = "Câu chưa kịp gửi được giữ trên máy của bạn và sẽ tự gửi lại."


def certificate(folder: Path) -> tuple[str, str]:
    """A certificate for thi.example, good enough for `nginx -t`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "thi.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


def production(tmp_path: Path) -> render.Layout:
    cert, key = certificate(tmp_path)
    return render.Layout(
        local=False,
        out=tmp_path / "made",
        host="thi.example",
        answers=["9001", "10.0.0.2:9001"],
        certificate=cert,
        certificate_key=key,
    )


def test_no_place_is_left_empty(tmp_path):
    for layout in (production(tmp_path), render.Layout(local=True, out=tmp_path / "local", answers=["9001"])):
        text = render.write(layout).read_text() + (layout.out / "hoithi-routes.conf").read_text()
        assert "@if" not in text
        assert not [
            line for line in text.splitlines() if "@" in line and "@answer_" not in line and "@socket_" not in line
        ]


def test_a_place_without_a_value_is_an_error():
    with pytest.raises(KeyError):
        render.fill("listen @NOBODY_KNOWS@;", {}, set())


def test_blocks_of_other_kinds_are_left_out():
    assert render.fill("a\n@if local\nb\n@end\nc", {}, set()) == "a\nc\n"
    assert render.fill("a\n@if local\nb\n@end\nc", {}, {"local"}) == "a\nb\nc\n"


def test_production_speaks_tls_only_and_pools_every_process(tmp_path):
    text = render.write(production(tmp_path)).read_text()

    assert "listen 443 ssl http2;" in text
    assert "return 301 https://thi.example$request_uri;" in text
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert "server_tokens off;" in text
    assert text.count("server 127.0.0.1:9001 ") == text.count("server 10.0.0.2:9001 ") == 2, "answers and sockets"
    assert "hash $attempt consistent;" in text
    assert "least_conn;" in text


@needs_nginx
def test_nginx_accepts_both_kinds(tmp_path):
    for layout in (
        production(tmp_path),
        render.Layout(local=True, out=tmp_path / "local", answers=["9001"], port=free_port()),
    ):
        checked = render.check(render.write(layout))
        assert checked.returncode == 0, checked.stderr


@needs_nginx
def test_answers_go_to_the_pool_and_pages_to_gunicorn_without_what_a_client_pretends(tmp_path):
    answers, pages = Backend("answers"), Backend("pages")
    lies = {
        "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/x",
        "Forwarded": "for=6.6.6.6", "X-Real-IP": "6.6.6.6", "Proxy": "http://evil.example",
    }  # fmt: skip
    with running_nginx(tmp_path, answers=[answers], pages=[pages]) as client:
        assert client.post(ATTEMPT, json={"answers": []}, headers=lies).text == "answers\n"
        assert client.get("/cuoc-thi/x/", headers=lies).text == "pages\n"
        for backend in (answers, pages):
            headers = {name.lower(): value for name, value in backend.seen[0][2].items()}
            assert headers["x-forwarded-for"] == "127.0.0.1"
            assert headers["x-forwarded-proto"] == "https"
            assert not {"x-forwarded-host", "x-forwarded-prefix", "forwarded", "x-real-ip", "proxy"} & headers.keys()


@needs_nginx
def test_health_and_metrics_stay_inside_and_files_have_no_address(tmp_path):
    pages = Backend("pages", accel="/_files/danh-sach.xlsx")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "danh-sach.xlsx").write_bytes(b"workbook")
    with running_nginx(tmp_path, answers=[Backend("answers")], pages=[pages], files=tmp_path / "files") as client:
        assert [
            client.get(path).status_code
            for path in ("/metrics", "/readyz", "/_files/danh-sach.xlsx", "/_loi/502.html", "/.env")
        ] == [404] * 5
        assert pages.seen == []
        handed_out = client.get("/bao-cao/tep/1/")
        assert handed_out.content == b"workbook"
        assert "sandbox" in handed_out.headers["content-security-policy"]
        assert handed_out.headers["cache-control"] == "private, no-store"


@needs_nginx
def test_a_picture_of_a_question_is_sent_as_the_view_says_and_has_no_address(tmp_path):
    name, says = "hinh/ab/abc.webp", {
        "Content-Type": "image/webp", "Content-Disposition": 'inline; filename="hinh.webp"',
        "Cache-Control": "private, max-age=604800, immutable",
    }  # fmt: skip
    pages = Backend("pages", accel=f"/_{name}", says=says)
    (tmp_path / "files/hinh/ab").mkdir(parents=True)
    (tmp_path / "files" / name).write_bytes(b"picture")
    with running_nginx(tmp_path, answers=[Backend("answers")], pages=[pages], files=tmp_path / "files") as client:
        assert client.get(f"/_{name}").status_code == 404
        assert client.get(f"/_files/{name}").status_code == 404
        assert pages.seen == []
        shown = client.get("/hinh/00000000-0000-4000-8000-000000000000/")
        assert shown.content == b"picture"
        assert {header: shown.headers[header] for header in says} == says
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"


@needs_nginx
def test_hashed_static_files_are_kept_for_ever_and_sent_compressed(tmp_path):
    static = tmp_path / "static"
    static.mkdir()
    (static / "app.0123456789ab.css").write_text("body{}")
    (static / "app.0123456789ab.css.gz").write_bytes(b"gzip")
    (static / "app.css").write_text("body{}")
    with running_nginx(tmp_path, answers=[Backend("a")], pages=[Backend("p")], static=static) as client:
        with client.stream("GET", "/static/app.0123456789ab.css", headers={"Accept-Encoding": "gzip"}) as hashed:
            assert b"".join(hashed.iter_raw()) == b"gzip"
        plain = client.get("/static/app.css")
        missing = client.get("/static/gone.js")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["cache-control"] == "public, max-age=3600"
    assert plain.headers["x-content-type-options"] == "nosniff"
    assert missing.status_code == 404


@needs_nginx
def test_an_answer_is_given_to_the_next_process_and_a_form_never_twice(tmp_path):
    dead, alive = Backend("dead", hangs_up=True), Backend("alive")
    dead_pages, alive_pages = Backend("dead pages", hangs_up=True), Backend("alive pages")
    with running_nginx(tmp_path, answers=[dead, alive], pages=[dead_pages, alive_pages]) as client:
        replies = [client.post(f"/api/attempts/{uuid.UUID(int=n)}/answers", json={}) for n in range(8)]
        assert {reply.text for reply in replies} == {"alive\n"}
        assert dead.seen, "none of eight attempts hashed to the dead one"
        forms = [client.post("/thi/x/nop/", data={"q1": "0"}) for _ in range(6)]
        assert len(dead_pages.seen) + len(alive_pages.seen) == 6, "a form reached two processes"
        assert {form.status_code for form in forms} == {200, 502}


@needs_nginx
def test_what_phones_ask_every_few_seconds_is_answered_from_memory(tmp_path):
    answers, pages = Backend("news"), Backend("p")
    with running_nginx(tmp_path, answers=[answers], pages=[pages]) as client:
        replies = [
            client.get(f"/api/news/tuan-1?n={n}", headers={"Cookie": "sessionid=" + "x" * 32}) for n in range(50)
        ]
        assert {reply.text for reply in replies} == {"news\n"}
        assert client.get("/api/news/tuan-2").text == "news\n"
        assert len(answers.seen) <= 4, "asked upstream for more than one a slug, or one more after three seconds"
        assert not pages.seen


@needs_nginx
def test_all_saves_of_a_phone_meet_in_one_process(tmp_path):
    pool = [Backend(name) for name in "abc"]
    with running_nginx(tmp_path, answers=pool, pages=[Backend("p")]) as client:
        for attempt in range(12):
            used = {
                client.post(f"/api/attempts/{uuid.UUID(int=attempt)}/{act}", json={}).text
                for act in ("answers", "answers", "submit")
            }
            assert len(used) == 1
    assert all(backend.seen for backend in pool)


@needs_nginx
def test_when_everything_behind_is_away_answers_hear_json_and_people_a_page(tmp_path):
    answers, pages = Backend("a"), Backend("p")
    with running_nginx(tmp_path, answers=[answers], pages=[pages]) as client:
        answers.close()
        pages.close()
        answer, page = client.post(ATTEMPT, json={}), client.get("/")
        style = client.get("/_loi/loi.css")
        assert_kept(answer)
        assert (page.status_code, page.headers["content-type"]) == (502, "text/html; charset=utf-8")
        assert SAFE in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert style.status_code == 200


@needs_nginx
def test_sittings_go_through_a_door_of_their_own(tmp_path):
    with running_nginx(
        tmp_path, answers=[Backend("a")], pages=[Backend("pages")], papers=[Backend("papers")]
    ) as client:
        assert {path: client.get(path).text for path in ("/", "/thi/x/", "/thi/x/ket-qua/", "/cuoc-thi/x/")} == {
            "/": "pages\n", "/thi/x/": "papers\n", "/thi/x/ket-qua/": "papers\n", "/cuoc-thi/x/": "pages\n",
        }  # fmt: skip


@needs_nginx
def test_a_rush_of_starts_waits_before_the_clock_and_never_between_start_and_paper(tmp_path):
    with running_nginx(tmp_path, answers=[Backend("a")], pages=[Backend("p")], starts=10) as client:
        began = time.monotonic()
        starts = [client.post("/cuoc-thi/x/dot-1/vao-thi/", data={}) for _ in range(6)]
        waited = time.monotonic() - began
        began = time.monotonic()
        papers = [client.get("/thi/x/") for _ in range(6)]
        straight = time.monotonic() - began
    assert {reply.status_code for reply in (*starts, *papers)} == {200}
    assert waited > 0.4 > straight, "ten a second"


@needs_nginx
def test_who_presses_without_end_is_held_off_and_a_factory_is_not(tmp_path):
    """A press takes a turn at the gate, so presses are counted by login; coming back when the turn has come is not one."""
    door = "/cuoc-thi/x/dot-1/vao-thi/"
    with running_nginx(tmp_path, answers=[Backend("a")], pages=[Backend("p")], starts=1000) as client:
        one = [client.post(door, headers={"Cookie": "__Host-sessionid=abc123"}).status_code for _ in range(30)]
        many = {client.post(door, headers={"Cookie": f"a=b; __Host-sessionid=m{n}"}).status_code for n in range(60)}
        back = {client.get(door, headers={"Cookie": "__Host-sessionid=abc123"}).status_code for _ in range(30)}
    assert one[:20] == [200] * 20
    assert 503 in one
    assert many == back == {200}


@needs_nginx
def test_bodies_are_limited_by_path(tmp_path):
    answers, pages = Backend("a"), Backend("p")
    with running_nginx(tmp_path, answers=[answers], pages=[pages]) as client:
        too_large = client.post(ATTEMPT, content=b"x" * 150_000)
        assert (too_large.status_code, too_large.json()) == (413, {"error": "too_large"})
        assert client.post(ATTEMPT, content=b"x" * 8_000).status_code == 200
        form = client.post("/tai-khoan/ho-ten/", content=b"x" * 66_000)
        assert form.status_code == 413
        assert "Chưa lưu gì cả" in form.text
        assert client.post("/to-chuc/nhap/", content=b"x" * 5_500_000).status_code == 200
        assert client.post("/to-chuc/nhap/", content=b"x" * 6_500_000).status_code == 413
        design = "/to-chuc/cuoc-thi/a/chung-nhan/mau/xem-truoc/"  # two pictures
        assert client.post(design, content=b"x" * 10_500_000).status_code == 200
        assert client.post(design, content=b"x" * 12_000_000).status_code == 413


@needs_nginx
def test_one_attempt_is_limited_and_two_hundred_behind_one_address_are_not(tmp_path):
    with running_nginx(tmp_path, answers=[Backend("a")], pages=[Backend("p")]) as client:
        one = [client.post(ATTEMPT, json={}) for _ in range(60)]
        many = [client.post(f"/api/attempts/{uuid.UUID(int=n)}/answers", json={}) for n in range(100, 300)]
    assert {reply.status_code for reply in many} == {200}
    refused = [reply for reply in one if reply.status_code != 200]
    assert refused
    for reply in refused:
        assert_kept(reply)


@needs_nginx
def test_who_asks_for_news_without_end_is_put_off_and_their_answers_are_not(tmp_path):
    with running_nginx(tmp_path, answers=[Backend("a")], pages=[Backend("p")], address_news=1) as client:
        asked = [client.get(f"/api/news/ten-bia-{number}") for number in range(40)]
        saved = client.post(ATTEMPT, json={})
    assert [reply.status_code for reply in asked[:10]] == [200] * 10
    refused = [reply for reply in asked if reply.status_code != 200]
    assert refused
    for reply in refused:
        assert_kept(reply)
    assert saved.status_code == 200


def assert_kept(reply: httpx.Response) -> None:
    """The phone's cue: keep the answer, send it again."""
    assert (reply.status_code, reply.json(), reply.headers["retry-after"]) == (503, {"error": "unavailable"}, "2")


@pytest.mark.parametrize("code", ["413", "429", "502", "503", "504"])
def test_every_page_of_trouble_says_that_the_work_is_safe(code):
    text = (render.HERE / "errors" / f"{code}.html").read_text("utf-8")

    assert SAFE in text
    assert 'lang="vi"' in text
    assert "<script" not in text
    assert " style=" not in text
