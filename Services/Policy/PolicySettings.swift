import GatehousePlatform

/// What policy is told beside what every service is.
package struct PolicySettings: Sendable {
    /// How allowed reads are recorded: together each second, or each before its answer.
    enum ReadRecords: String, CaseIterable { case counted, each }

    let doorKey: DoorKey
    let answerKeys: AnswerKeys
    let proxies: TrustedProxies
    let leaseTimeToLive: Duration
    let readRecords: ReadRecords

    init(_ configuration: Configuration) throws {
        doorKey = try DoorKey(configuration)
        answerKeys = try AnswerKeys(configuration)
        proxies = try TrustedProxies(configuration)
        leaseTimeToLive = try configuration.duration(
            "LEASE_TTL", default: .seconds(5), in: .seconds(2) ... .seconds(300))
        readRecords = try configuration.choice("RECORD_READS", default: .counted)
        _ = try Bootstrap.productDomain(configuration)
    }
}
