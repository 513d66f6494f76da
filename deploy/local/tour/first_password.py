"""Uses an invitation link as the first administrator's browser would, and prints the password that it has set."""

import re
import secrets
import sys
import urllib.parse
import urllib.request
from html import unescape
from http.cookiejar import CookieJar


def main(link: str) -> None:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(link, timeout=30).read().decode()
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    password = secrets.token_urlsafe(18)
    form = {**{name: unescape(value) for name, value in hidden}, "password": password}
    with browser.open(link.split("?")[0], urllib.parse.urlencode(form).encode(), timeout=30) as answer:
        if not answer.url.endswith("/account/applications"):
            sys.exit(f"the invitation led to {answer.url}")
    print(password)


if __name__ == "__main__":
    main(sys.argv[1])
