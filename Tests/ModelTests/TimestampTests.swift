import Foundation
import GatehouseModel
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0), ("1969-12-31T23:59:59.999999Z", -1),
        ("1970-01-01T00:00:00.1Z", 100_000), ("1970-01-01T00:00:00.000001Z", 1), ("1970-01-01T00:00:00.0000019Z", 1),
        ("1970-01-01T00:00:00.123456789012345678901234567890Z", 123_456), ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:30:00-00:30", 0), ("1970-01-01T00:00:00-00:00", 0),
        ("2000-02-29T00:00:00Z", 951_782_400_000_000),
        ("2024-02-29T23:59:59Z", 1_709_251_199_000_000), ("1985-04-12T23:20:50.52Z", 482_196_050_520_000),
        ("1996-12-19T16:39:57-08:00", 851_042_397_000_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ])
    func `reads RFC 3339`(text: String, microseconds: Int64) throws {
        #expect(try Timestamp(text).microseconds == microseconds)
    }

    @Test(arguments: [
        "", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-01-01T00:00Z", "1970-1-01T00:00:00Z",
        "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z",
        "1970-04-31T00:00:00Z",
        "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
        "1990-12-31T23:59:60Z",
        "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00,1Z", "1970-01-01T00:00:00+0100", "1970-01-01T00:00:00+24:00",
        "1970-01-01T00:00:00+01:60", "1970-01-01T00:00:00Zx", " 1970-01-01T00:00:00Z", "+1970-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "12026-01-01T00:00:00Z",
        "１970-01-01T00:00:00Z", "1970-01-01T00:00:00 Z", "-970-01-01T00:00:00Z", "now",
    ])
    func `refuses`(text: String) {
        #expect(throws: Problem.self) { try Timestamp(text) }
    }

    @Test func `Foundation has the same calendar`() throws {
        var random = SeededRandom(seed: 8)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        // Foundation's calendar is Julian before October 1582.
        for _ in 0..<5_000 {
            let time = Timestamp(seconds: Int64.random(in: -12_000_000_000...253_402_300_799, using: &random))
            let date = Date(timeIntervalSince1970: Double(time.seconds))
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
            let text = String(
                format: "%04d-%02d-%02dT%02d:%02d:%02d.000000Z", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0,
                parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
            #expect(time.text == text)
        }
    }

    @Test func `what is written is read back, and sorts as time does`() throws {
        var random = SeededRandom(seed: 9)
        var last = Timestamp.earliest
        for _ in 0..<5_000 {
            let time = Timestamp(
                microseconds: Int64.random(
                    in: Timestamp.earliest.microseconds...Timestamp.latest.microseconds, using: &random))
            #expect(try Timestamp(time.text) == time)
            #expect(time.text.utf8.count == 27)
            #expect((last.text < time.text) == (last < time))
            last = time
        }
    }

    @Test func `every day of nine thousand years is the one after the day before`() throws {
        var time = Timestamp.earliest
        var count = 0
        for year in 1...9999 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            count += isLeap ? 366 : 365
            time = Timestamp.earliest + .seconds(86_400 * count)
            if year < 9999 {
                let next = String(year + 1)
                #expect(time.text == String(repeating: "0", count: 4 - next.count) + next + "-01-01T00:00:00.000000Z")
            }
        }
        #expect(time == .latest)
    }

    @Test func `arithmetic stays within the calendar`() {
        let time = Timestamp(seconds: 10, nanoseconds: 999_999_999)
        #expect(time.microseconds == 10_999_999)
        #expect(time.seconds == 10)
        #expect(Timestamp(microseconds: -1).seconds == -1)
        #expect(Timestamp(microseconds: -1_000_000).seconds == -1)
        #expect(Timestamp(microseconds: -1_000_001).seconds == -2)
        #expect(time + .seconds(5) - time == .seconds(5))
        #expect(time - .milliseconds(999) == Timestamp(microseconds: 10_000_999))
        #expect(time + .seconds(Int64.max) == .latest)
        #expect(time + .seconds(Int64.min) == .earliest)
        #expect(Timestamp(seconds: .max) == .latest)
        #expect(Timestamp(seconds: .min) == .earliest)
        #expect(Timestamp(microseconds: .min) == .earliest)
    }
}
