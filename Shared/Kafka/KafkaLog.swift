import CRDKafka

/// A line of librdkafka's own log, or trouble that it reports: with brokers, names, certificates. It tries again by itself.
public struct KafkaLog: Sendable, Hashable {
    public enum Level: Sendable, Hashable { case error, warning, info, debug }
    public let level: Level
    /// What it is about, in librdkafka's words: `FAIL`, `MAXPOLL`, `CONFWARN`.
    public let facility: String
    public let text: String

    init(_ level: Level, facility: String, _ text: String) {
        self.level = level
        self.facility = facility
        self.text = text
    }

    /// The line, or the trouble, that `event` carries, if that is what it carries.
    init?(_ event: OpaquePointer) {
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_LOG:
            var facility: UnsafePointer<CChar>?
            var text: UnsafePointer<CChar>?
            var severity: Int32 = 0
            guard rd_kafka_event_log(event, &facility, &text, &severity) == 0, let facility, let text else {
                return nil
            }
            self.init(Level(syslog: severity), facility: String(cString: facility), String(cString: text))
        case RD_KAFKA_EVENT_ERROR:
            let code = rd_kafka_event_error(event)
            let text = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? code.text
            // Of a single broker's trouble there is a line, too.
            let isAll = code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__FATAL
            self.init(isAll ? .error : .debug, facility: String(cString: rd_kafka_err2name(code)), text)
        default: return nil
        }
    }
}

extension KafkaLog.Level {
    /// From syslog's severity: 0 is an emergency, 7 is for debugging.
    fileprivate init(syslog severity: Int32) {
        self =
            switch severity {
            case ...3: .error
            case 4: .warning
            case 5...6: .info
            default: .debug
            }
    }
}
