"""What happens to every request: HEAD, limits and security headers."""


def test_head_has_the_headers_of_get_and_no_body(client):
    head, get = client.head("/api/report"), client.get("/api/report")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_head_of_nothing_is_404(client):
    assert client.head("/nowhere").status_code == 404


def test_pages_run_only_our_scripts(client):
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_every_page_gets_a_nonce_of_its_own(client):
    one, other = (client.get("/").headers["content-security-policy"] for _ in range(2))
    assert one != other
