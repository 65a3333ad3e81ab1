[assembly: CollectionBehavior(DisableTestParallelization = true)] // tensors, threads and memory counters belong to the process
