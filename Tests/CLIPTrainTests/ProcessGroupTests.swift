@testable import CLIPTrain
import Testing

@Suite struct ProcessGroupTests {
    typealias Placement = ProcessGroup.Placement

    @Test(
        arguments: [
            (
                [
                    "RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "MASTER_ADDR": "head",
                    "MASTER_PORT": "2000",
                ],
                Placement(rank: 3, world: 4, localRank: 1, host: "head", port: 2000)
            ),
            (
                [
                    "RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "0", "MASTER_ADDR": "head",
                    "MASTER_PORT": "2000",
                    "TORCHELASTIC_RUN_ID": "none",
                ], Placement(rank: 0, world: 2, localRank: 0, host: "head", port: 2001)
            ),
            (
                [
                    "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2",
                    "OMPI_COMM_WORLD_LOCAL_RANK": "1",
                ],
                Placement(rank: 1, world: 2, localRank: 1, host: "127.0.0.1", port: 29_500)
            ),
            (
                [
                    "SLURM_PROCID": "5", "SLURM_STEP_NUM_TASKS": "8", "SLURM_LOCALID": "1",
                    "SLURM_STEP_NODELIST": "gpu[03-06,9],login",
                ], Placement(rank: 5, world: 8, localRank: 1, host: "gpu03", port: 29_500)
            ),
            // A Slurm batch script has tasks to give out, but is none of them; one process needs no group.
            (["SLURM_PROCID": "0", "SLURM_NTASKS": "8"], nil), (["RANK": "0", "WORLD_SIZE": "1"], nil),
            ([:], nil),
            (["RANK": "2", "WORLD_SIZE": "2"], nil),
        ] as [([String: String], Placement?)])
    func launchersAreUnderstood(environment: [String: String], placement: Placement?) {
        #expect(Placement(environment: environment) == placement)
    }
}
