namespace Saltus.Formats;

/// <summary>What a class or function in a pickle stands for.</summary>
internal enum PickleGlobalKind
{
    /// <summary>A dictionary that may carry attributes, which are dropped.</summary>
    OrderedDictionary,

    /// <summary>A tensor of a typed storage, offset, shape and strides.</summary>
    Tensor,

    /// <summary>A tensor of bytes, offset, shape, strides and element type.</summary>
    TypedTensor,

    /// <summary>A tensor that was trained: the tensor.</summary>
    Parameter,

    /// <summary>A shape: the tuple of its dimensions.</summary>
    Size,

    /// <summary>The name of a device, as text.</summary>
    Device,

    /// <summary>A class of storages; only inside a persistent id.</summary>
    Storage,

    /// <summary>An element type, as a value.</summary>
    Dtype,
}
