/// What makes a changing statement one that a claim can be put to: `mine` goes first, `head` hangs on `isMine`, and `answered` keeps
/// what the change returns, or undoes the statement where there was nothing to change: a refusal keeps nothing.
///
/// Their seven parameters begin with `$first` (`Claim?.values`); $2 is the time, and the CTE `changed` returns the revision.
public struct ClaimClauses: Sendable {
    private let schema: String
    private let first: Int

    public init(in schema: Schema, from first: Int) {
        self.schema = schema.rawValue
        self.first = first
    }

    /// A claim that has ended gives way, though nobody has swept it yet. Another that holds, or is being made, is waited for.
    public var mine: String {
        """
        mine as (
            insert into \(schema).idempotency as claim (id, caller, route, key, digest, made_at)
            select $\(first)::uuid, $\(first + 1), $\(first + 2), $\(first + 3), $\(first + 4), $2
            where $\(first)::uuid is not null
            on conflict (caller, route, key) do update set
                id = excluded.id, digest = excluded.digest, made_at = excluded.made_at
            where claim.made_at <= excluded.made_at - interval '\(Claim.life.components.seconds) seconds'
            returning id)
        """
    }

    /// A condition of `head`.
    public var isMine: String { "($\(first)::uuid is null or exists (select from mine))" }

    /// `snapshot`: jsonb, of what only the statement knows.
    public func answered(_ snapshot: String = "null") -> String {
        """
        answered as (
            insert into \(schema).idempotency_answer (id, key_id, sealed, snapshot, revision, made_at)
            select mine.id, $\(first + 5), $\(first + 6), \(snapshot), changed.revision, $2
            from mine left join changed on true)
        """
    }
}
