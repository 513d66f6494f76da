#!/usr/bin/env python3
"""Writes addresses.tsv: what Python's ipaddress says of a few thousand texts, networks and pairs (seeded, so it is stable).

Rows:  address <text> <canonical, or ->          ranges <first> <last> <networks that together are the range>
       network <text> <canonical, or ->          inside <network> <address> <yes or no>
Where Gatehouse is decidedly stricter or otherwise (zone ids, IPv4-mapped, netmasks) the rule of A10 is applied here.
"""
import ipaddress
import pathlib
import random
import re

random.seed(19)
rows = []
edges6 = [0, 1, 0xFFFF, 0xFFFE_FFFF_FFFF, 0xFFFF_0000_0000, 0xFFFF_FFFF_FFFF, 1 << 48, (1 << 128) - 1]


def v4():
    return ipaddress.IPv4Address(random.choice([0, 1, 2**32 - 1, random.getrandbits(32), random.getrandbits(32)]))


def v6():
    groups = [random.choice([0, 0, 1, random.getrandbits(16)]) for _ in range(8)]
    value = random.choice(edges6) if random.random() < 0.1 else sum(g << (16 * i) for i, g in enumerate(groups))
    return ipaddress.IPv6Address(value)


def unmapped(address):
    return (address.version == 6 and address.ipv4_mapped) or address


def spelling(address):
    if address.version == 4:
        return random.choice([str(address), f"::ffff:{address}", f"::FFFF:{int(address) >> 16:x}:{int(address) & 65535:x}"])
    exploded = address.exploded
    tail = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return random.choice([str(address), exploded, exploded.upper(), ":".join(exploded.split(":")[:6]) + f":{tail}"])


def broken(text):
    at = random.randrange(len(text) + 1)
    piece = random.choice([".", ":", "::", "0", "00", "g", " ", "%1", "-", "/", "256", "+", "٣", "1.2.3.4"])
    return random.choice([text[:at] + piece + text[at:], text[:at] + text[at + 1:], text[:at], text[at:]])


def canonical(text):
    if "%" in text or not text.isascii() or not text:
        return "-"
    try:
        return str(unmapped(ipaddress.ip_address(text)))
    except ValueError:
        return "-"


def network(text):
    address, _, prefix = text.partition("/")
    if canonical(address) == "-" or not re.fullmatch(r"0|[1-9][0-9]{0,2}", prefix):
        return "-"
    try:
        value = ipaddress.ip_network(text)
    except ValueError:
        return "-"
    low = value.network_address
    if value.version == 6 and low.ipv4_mapped:
        if value.prefixlen < 96:
            return "-"
        value = ipaddress.ip_network((low.ipv4_mapped, value.prefixlen - 96))
    return str(value.network_address) if value.prefixlen == value.max_prefixlen else str(value)


for _ in range(400):
    text = spelling(random.choice([v4, v6])())
    for candidate in (text, broken(text)):
        rows.append(("address", candidate, canonical(candidate)))

for _ in range(250):
    address = random.choice([v4, v6])()
    prefix = random.randrange(address.max_prefixlen + 1)
    whole = ipaddress.ip_network((address, prefix), strict=False)
    for text in (str(whole), f"{address}/{prefix}", broken(str(whole))):
        if "/" in text:
            rows.append(("network", text, network(text)))
    for candidate in (address, whole.network_address, whole.broadcast_address, random.choice([v4, v6])()):
        plain = unmapped(candidate)
        if network(str(whole)) != "-" and (address.version == 4 or not whole.network_address.ipv4_mapped):
            rows.append(("inside", str(whole), str(candidate), "yes" if plain.version == whole.version and plain in whole else "no"))

for _ in range(150):
    one = random.choice([v4, v6])()
    step = 1 << random.randrange(1, one.max_prefixlen)
    other = type(one)(min(int(one) + random.randrange(step), 2**one.max_prefixlen - 1))
    if one.version == 6 and int(one) <= edges6[5] and edges6[4] <= int(other):
        continue
    parts = [str(part) for part in ipaddress.summarize_address_range(one, other)]
    if len(parts) <= 40:
        rows.append(("ranges", str(one), str(other), " ".join(parts)))

lines = ["\t".join(row) for row in rows if not any(c in "\t\n" for cell in row for c in cell)]
pathlib.Path(__file__).with_suffix(".tsv").write_text("\n".join(lines) + "\n")
