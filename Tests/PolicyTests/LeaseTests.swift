import GatehouseModel
import Policy
import Testing

@Suite struct `A lease` {
    private static let start = Lease.Moment(steady: .now, wall: Timestamp(seconds: 1_800_000_000))

    /// Both clocks move alike, unless `wall` says otherwise.
    private static func after(_ seconds: Double, wall: Double? = nil) -> Lease.Moment {
        Lease.Moment(
            steady: start.steady + .milliseconds(Int(seconds * 1000)),
            wall: start.wall + .milliseconds(Int((wall ?? seconds) * 1000)))
    }

    private static func renewed() -> Lease {
        var lease = Lease(timeToLive: .seconds(5))
        lease.renew(at: start)
        return lease
    }

    @Test func `does not hold before it is renewed`() {
        let lease = Lease(timeToLive: .seconds(5))
        #expect(!lease.isValid(at: Self.start) && lease.deadline == nil && lease.age(at: Self.start) == nil)
    }

    @Test(arguments: [(0.0, true), (4.499, true), (4.5, false), (5, false), (500, false)])
    func `holds for its TTL less the margin, from before the renewal was sent`(seconds: Double, holds: Bool) {
        #expect(Self.renewed().isValid(at: Self.after(seconds)) == holds)
    }

    @Test(arguments: [(5.0, false), (4.999, true), (-4.999, true), (-5, false), (3600, false), (-3600, false)])
    func `ends when the wall clock has moved by the TTL, either way`(wall: Double, holds: Bool) {
        #expect(Self.renewed().isValid(at: Self.after(1, wall: wall)) == holds)
    }

    @Test func `is never shortened by an older proof`() {
        var lease = Lease(timeToLive: .seconds(5))
        lease.renew(at: Self.after(2))
        lease.renew(at: Self.start)
        #expect(lease.isValid(at: Self.after(6)))
        #expect(lease.age(at: Self.after(3)) == .seconds(1))
    }

    @Test func `ends with the life of its replica`() {
        var lease = Self.renewed()
        lease.end()
        #expect(!lease.isValid(at: Self.after(1)))
        lease.renew(at: Self.after(1))
        #expect(lease.isValid(at: Self.after(2)))
    }

    @Test func `is renewed five times within its TTL`() {
        let lease = Lease(timeToLive: .seconds(10))
        #expect(lease.pace == .seconds(2) && lease.margin == .seconds(1))
    }

    @Test func `a wall clock that is not PostgreSQL's judges no expiry`() {
        let (begun, ended) = (Self.start, Self.after(2))
        for seconds in [-30.0, 0, 1, 2, 32] {
            #expect(Lease.agrees(Self.after(seconds).wall, between: begun, and: ended), "\(seconds)")
        }
        for seconds in [-3600.0, -30.5, 32.5, 3600] {
            #expect(!Lease.agrees(Self.after(seconds).wall, between: begun, and: ended), "\(seconds)")
        }
    }
}
