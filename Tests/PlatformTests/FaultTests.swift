import GatehousePlatform
import Testing

@Suite struct `A point of failure` {
    @Test(arguments: [
        "relay.before-delete", "change.after-commit:12", "pull.before-apply,500ms", "record.before-answer:3,stop",
    ])
    func `is asked for by its name, a passing and what happens there`(text: String) throws {
        #expect(try Fault(Configuration(values: ["FAULT_AT": text])) != nil)
    }

    @Test func `is none unless it is asked for`() throws { #expect(try Fault(Configuration(values: [:])) == nil) }

    @Test(arguments: [
        ("relay.before-lunch", "'relay.before-lunch' is none of change.before-commit, "),
        ("relay.before-delete:0", "'0' is no number of a passing"), ("relay.before-delete:", "'' is no number"),
        ("relay.before-delete,soon", "'soon' is neither stop nor a duration like 500ms"),
        ("relay.before-delete,", "'' is neither stop nor a duration"),
    ])
    func `stops the service with one line where it is written wrongly`(text: String, complaint: String) {
        let failure = #expect(throws: Configuration.Failure.self) {
            _ = try Fault(Configuration(values: ["FAULT_AT": text]))
        }
        #expect(failure?.description.hasPrefix("GATEHOUSE_FAULT_AT: \(complaint)") == true)
        #expect(failure?.description.contains("\n") == false)
    }
}
