"""What the keys of a config must fulfil together. Each kind of config names its checks, in `config.kinds`."""

from relu_anim.config.checks.check import Checks, Finding, findings, findings_of_members, reads

__all__ = ["Checks", "Finding", "findings", "findings_of_members", "reads"]
