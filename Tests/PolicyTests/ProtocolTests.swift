import Testing

@Suite struct `The protocol of replicas` {
    @Test func `keeps its promise in every order of its steps`() {
        for seed in 1...4000 as ClosedRange<UInt64> {
            var course = Protocol(seed: seed, nil)
            let isBroken = course.run(steps: 400)
            #expect(!isBroken, "seed \(seed)")
        }
    }

    /// So that the test above can fail: each of the model's near misses is found.
    @Test(arguments: Protocol.Mutation.allCases)
    func `breaks it by each near miss`(mutation: Protocol.Mutation) {
        let isFound = (1...40_000 as ClosedRange<UInt64>).contains { seed in
            var course = Protocol(seed: seed, mutation)
            return course.run(steps: 400)
        }
        #expect(isFound)
    }
}
