"""What the manual of installation shows is what the site counts on."""

import re

from tests.docs.pages import page


def server_of_nginx(text):
    """Return the words of the example of nginx: name → values."""
    (example,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    lines = [line.strip().rstrip(";").split() for line in example.splitlines() if ";" in line]
    return {
        " ".join(words[:-1]) if words[0] == "proxy_set_header" else words[0]: words[1:]
        for words in lines
    }


def faults(told):
    """Return what an nginx before the site leaves to whoever asks."""
    wanted = {
        "proxy_set_header X-Forwarded-Proto": ["X-Forwarded-Proto", "https"],
        # else nginx hands on what the browser has written there, and tries are counted on invented addresses
        "proxy_set_header X-Forwarded-For": ["X-Forwarded-For", "$remote_addr"],
        "proxy_set_header Host": ["Host", "$host"],
        "ssl_protocols": ["TLSv1.2", "TLSv1.3"],
    }
    return [name for name, words in wanted.items() if told.get(name) != words]


def test_the_proxy_of_the_manual_says_for_whom_it_asks():
    assert faults(server_of_nginx(page("how-to/install.md"))) == []


def test_a_proxy_that_hands_on_an_invented_address_is_seen():
    text = page("how-to/install.md")
    without = text.replace("proxy_set_header X-Forwarded-For $remote_addr;", "")
    assert faults(server_of_nginx(without)) == ["proxy_set_header X-Forwarded-For"]
    added = text.replace("$remote_addr", "$http_x_forwarded_for")
    assert faults(server_of_nginx(added)) == ["proxy_set_header X-Forwarded-For"]
