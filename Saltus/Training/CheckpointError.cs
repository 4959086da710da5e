namespace Saltus.Training;

/// <summary>What is wrong with the checkpoints of a run.</summary>
public enum CheckpointError
{
    /// <summary>The file is cut short, or its checksum is another: a bit has flipped or a write was lost.</summary>
    Damaged,

    /// <summary>The log does not begin with what it held when the checkpoint was written.</summary>
    DamagedLog,

    /// <summary>The settings in the folder of a run or a sweep are not those that it wrote there.</summary>
    DamagedConfiguration,

    /// <summary>The SAE in the folder of a finished run is not the one that it wrote there.</summary>
    DamagedSae,

    /// <summary>The run was begun with other settings.</summary>
    OtherConfiguration,

    /// <summary>Model, text or vectors are not those that the run was begun with.</summary>
    OtherInput,

    /// <summary>Another version of this program wrote it.</summary>
    OtherVersion,

    /// <summary>What is remembered is not what these settings remember.</summary>
    OtherState,
}
