import GatehousePostgres

enum UsageStore {
    static let note = Statement(
        """
        insert into token.usage as u (client_id, last_used_at)
        select * from unnest($1::text[], $2::timestamptz[]) as batch (client_id, last_used_at)
        on conflict (client_id) do update set last_used_at = greatest(u.last_used_at, excluded.last_used_at)
        """)
}
