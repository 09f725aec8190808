"""The browser sees the site, and the watch sees what it is there to see."""

import json

PLANTED = """<!doctype html><title>x</title><link rel="icon" href="data:,">
<script>document.title = "inline ran"</script>
<img src="http://foreign.invalid/pixel.png"><script src="/planted.js"></script>"""


def test_the_site_answers_a_browser(page):
    answer = page.goto("/health")
    assert answer.status == 200
    assert json.loads(page.locator("body").inner_text())["status"] == "ok"


def test_the_watch_sees_policy_foreign_hosts_and_scripts(page, watch, live_server):
    policy = {"Content-Security-Policy": "script-src 'self'"}
    page.route(
        "**/planted",
        lambda route: route.fulfill(body=PLANTED, content_type="text/html", headers=policy),
    )
    page.route(
        "**/planted.js",
        lambda route: route.fulfill(body="nowhere()", content_type="text/javascript"),
    )
    page.route("http://foreign.invalid/**", lambda route: route.abort())
    page.goto("/planted")
    assert page.title() == "x"
    seen = "\n".join(watch.unexpected())
    assert "Content Security Policy" in seen
    assert "foreign: http://foreign.invalid/pixel.png" in seen
    assert "nowhere is not defined" in seen
    watch.complaints.clear()
