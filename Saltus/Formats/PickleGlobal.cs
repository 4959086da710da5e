namespace Saltus.Formats;

/// <summary>A class or function that a pickle may name. It stands for what we do ourselves: nothing of Python is called.</summary>
/// <param name="Name">Module and name.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Dtype">The element type of a storage class or of a dtype; null for bytes, and for all else.</param>
internal sealed record PickleGlobal(string Name, PickleGlobalKind Kind, TensorDtype? Dtype = null);
