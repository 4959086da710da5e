namespace Saltus.Lm.Models;

/// <summary>One family of language models: how its config.json is read and where its tensors are. A new family is one subclass.</summary>
internal abstract class ModelFamily
{
    /// <summary>The model_type values of config.json.</summary>
    public abstract IReadOnlyList<string> ModelTypes { get; }

    /// <summary>Where the tensors are.</summary>
    public abstract TensorNames Names { get; }

    /// <summary>Resolves a configuration of this family.</summary>
    /// <param name="reader">Notes which keys were read.</param>
    /// <returns>The architecture, without warnings.</returns>
    /// <exception cref="InputException">It cannot be run.</exception>
    public abstract ModelConfiguration Read(ModelConfigurationReader reader);
}
