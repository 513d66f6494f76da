/// The SQL by which a change tells its facts: rows of the outbox in the same statement (02 § How a change travels).
///
/// A fact is handed over as `OutgoingFact.json`; several as a JSON array of them.
public enum Outbox {
    /// A common table expression `told`: one outbox row for each fact of the array in `parameter` (`$5`), stamped with the revision and
    /// incarnation of the CTE `head`, for each row of the CTE `changed`: no change, no fact.
    public static func told(in schema: Schema, _ parameter: String) -> String {
        """
        told as (insert into \(schema.rawValue).outbox (id, aggregatetype, aggregateid, type, revision, payload)
                 select (fact -> 'event' ->> 'id')::uuid, fact ->> 'aggregatetype', fact ->> 'aggregateid', fact -> 'event' ->> 'type', head.revision,
                        jsonb_set(fact -> 'event', '{data}', (fact -> 'event' -> 'data')
                                  || jsonb_build_object('revision', head.revision, 'incarnation', head.incarnation))
                 from head, jsonb_array_elements(\(parameter)::jsonb) with ordinality as facts (fact, n)
                 where exists (select from changed) order by n)
        """
    }

    /// The same for a change that no head counts: its facts have neither revision nor incarnation.
    public static func toldUncounted(in schema: Schema, _ parameter: String) -> String {
        """
        told as (insert into \(schema.rawValue).outbox (id, aggregatetype, aggregateid, type, payload)
                 select (fact -> 'event' ->> 'id')::uuid, fact ->> 'aggregatetype', fact ->> 'aggregateid', fact -> 'event' ->> 'type', fact -> 'event'
                 from jsonb_array_elements(\(parameter)::jsonb) with ordinality as facts (fact, n)
                 where exists (select from changed) order by n)
        """
    }

    /// A common table expression `head` that bumps the schema's revision. It must hang on the row that is changed, so that nothing is bumped
    /// for a change that does not happen: `condition` is what the caller's statement knows by then.
    public static func head(of schema: Schema, where condition: String = "true") -> String {
        "head as (update \(schema.rawValue).head set revision = revision + 1 where \(condition) returning revision, incarnation)"
    }
}
