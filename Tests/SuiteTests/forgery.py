"""Tokens that nobody here issued: by every key but the right one, and by the right one with claims that it never signs."""

import base64
import hashlib
import hmac
import json
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from house import House


def encoded(value: dict | list | bytes) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> dict:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


class Forger:
    """Holds a genuine token, and the house's own signing key: it was unsealed with the key that the run has on its disk."""

    def __init__(self, house: House, token: str):
        self.token = token
        self.header, self.claims = (decoded(part) for part in token.split(".")[:2])
        sealing = (house.run / "secrets" / "sealing-key").read_text().strip()
        with house.database() as database:
            row = database.execute("select sealed, jwk from token.signing_key where kid = %s", (self.header["kid"],)).fetchone()
        sealed, self.jwk = bytes(row[0]), row[1]
        key = AESGCM(base64.urlsafe_b64decode(sealing + "=" * (-len(sealing) % 4)))
        self.key = serialization.load_der_private_key(key.decrypt(sealed[:12], sealed[12:], self.header["kid"].encode()), None)

    def signed(self, claims: dict | list | bytes, header: dict | None = None, key: ec.EllipticCurvePrivateKey | None = None) -> str:
        unsigned = f"{encoded(header or self.header)}.{encoded(claims)}"
        r, s = utils.decode_dss_signature((key or self.key).sign(unsigned.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{unsigned}.{encoded(r.to_bytes(32) + s.to_bytes(32))}"

    def by_hmac(self, secret: bytes) -> str:
        unsigned = f"{encoded({**self.header, 'alg': 'HS256'})}.{encoded(self.claims)}"
        return f"{unsigned}.{encoded(hmac.digest(secret, unsigned.encode(), hashlib.sha256))}"

    def genuine(self) -> str:
        """What the right key signs is accepted: so the others are refused for what they are."""
        return self.signed(self.claims)

    def forgeries(self) -> dict[str, str]:
        header, claims, signature = self.token.split(".")
        public = self.key.public_key()
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        other = ec.generate_private_key(ec.SECP256R1())
        now = int(time.time())
        return {
            "no algorithm": f"{encoded({**self.header, 'alg': 'none'})}.{claims}.",
            "no algorithm, signed": f"{encoded({**self.header, 'alg': 'none'})}.{claims}.{signature}",
            "no signature": f"{header}.{claims}.",
            "two parts": f"{header}.{claims}",
            "four parts": f"{self.token}.",
            "the public key as a secret": self.by_hmac(pem),
            "the published key as a secret": self.by_hmac(json.dumps(self.jwk).encode()),
            "an empty secret": self.by_hmac(b""),
            "another key": self.signed(self.claims, key=other),
            "a key in the header": self.signed(self.claims, {**self.header, "jwk": {"kty": "EC"}, "kid": "mine"}, other),
            "an unknown key": self.signed(self.claims, {**self.header, "kid": "x" * 43}),
            "no key": self.signed(self.claims, {"alg": "ES256", "typ": "at+jwt"}),
            "another type": self.signed(self.claims, {**self.header, "typ": "JWT"}),
            "more scope": f"{header}.{encoded({**self.claims, 'scope': 'write:access'})}.{signature}",
            "another's signature": f"{header}.{claims}.{self.signed({**self.claims, 'jti': 'x'}).split('.')[2]}",
            "a zero signature": f"{header}.{claims}.{encoded(bytes(64))}",
            "a padded signature": f"{self.token}==",
            "another issuer": self.signed({**self.claims, "iss": "https://elsewhere.example.com"}),
            "another audience": self.signed({**self.claims, "aud": "https://elsewhere.example.com"}),
            "expired": self.signed({**self.claims, "exp": now - 3600}),
            "not issued yet": self.signed({**self.claims, "iat": now + 3600}),
            "no end": self.signed({name: value for name, value in self.claims.items() if name != "exp"}),
            "a text for an epoch": self.signed({**self.claims, "epoch": "1"}),
            "an older epoch": self.signed({**self.claims, "epoch": 0}),
            "another user": self.signed({**self.claims, "sub": "00000000-0000-7000-8000-000000000000"}),
            "the system user": self.signed({**self.claims, "sub": "system"}),
            "another application": self.signed({**self.claims, "client_id": "x" * 32}),
            "claims that are none": self.signed([]),
            "claims twice": self.signed(b"{" + b",".join([json.dumps(self.claims)[1:-1].encode()] * 2) + b"}"),
            "nothing": "",
            "a word": "nonsense",
            "a long word": "x" * 6000,
        }
