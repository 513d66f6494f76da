package import GatehousePlatform

/// What this service is told beside what all are.
package struct RegistrySettings: Sendable {
    let peppers: Peppers
    let answerKeys: AnswerKeys

    package init(_ configuration: Configuration) throws {
        peppers = try Peppers(configuration)
        answerKeys = try AnswerKeys(configuration)
    }
}
