/// A schema with a head: those whose state policy holds in memory (04 § Heads).
public enum Schema: String, Sendable, CaseIterable { case registry, policy, token }
