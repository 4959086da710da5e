namespace Saltus.Tests.Training;

/// <summary>What a folder of training goldens holds.</summary>
internal enum TrainingCaseKind
{
    /// <summary>The reference script's run in float64.</summary>
    Reference,

    /// <summary>Optimiser steps of another library's trainer in float32.</summary>
    LibraryRun,

    /// <summary>Loss and gradients of one batch by another library in float32.</summary>
    LibraryBatch,
}
