namespace AdapterHub.Engine.Tests;

/// <summary>What earlier tests of this process left to the collector.</summary>
internal static class EarlierTests
{
    /// <summary>
    /// Frees the tensors that earlier tests dropped without disposing, so that their finalizers do not run while this
    /// test counts the allocator's blocks or bytes, which belong to the whole process.
    /// </summary>
    public static void FreeTensors()
    {
        for (var round = 0; round < 2; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
