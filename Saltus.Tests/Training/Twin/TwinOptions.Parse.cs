using System.Text.Json;

namespace Saltus.Tests.Training.Twin;

internal sealed partial record TwinOptions
{
    /// <summary>Reads the options of a case; a missing option has its default, an unknown one fails by name.</summary>
    public static TwinOptions Parse(JsonElement options)
    {
        TwinOptions result = new();
        foreach (JsonProperty option in options.EnumerateObject())
        {
            result = result.With(option.Name, option.Value);
        }

        return result.Validate();
    }

    private TwinOptions With(string name, JsonElement value) => name switch
    {
        "arch" => this with { Arch = Word(value) },
        "d_in" => this with { DIn = value.GetInt32() },
        "d_out" => this with { DOut = IsNull(value) ? null : value.GetInt32() },
        "latents" => this with { Latents = value.GetInt32() },
        "batch" => this with { Batch = value.GetInt32() },
        "pool" => this with { Pool = value.GetInt32() },
        "steps" => this with { Steps = value.GetInt32() },
        "pre_bias" => this with { PreBias = value.GetBoolean() },
        "threshold" => this with { Threshold = Word(value) },
        "threshold_init" => this with { ThresholdInit = value.GetDouble() },
        "bandwidth" => this with { Bandwidth = value.GetDouble() },
        "kernel" => this with { Kernel = Word(value) },
        "relu_pre" => this with { ReluPre = value.GetBoolean() },
        "ste_to_input" => this with { SteToInput = value.GetBoolean() },
        "log_chain" => this with { LogChain = value.GetBoolean() },
        "step_on" => this with { StepOn = Word(value) },
        "sparsity" => this with { Sparsity = Word(value) },
        "coefficient" => this with { Coefficient = value.GetDouble() },
        "coefficient_warmup" => this with { CoefficientWarmup = value.GetInt32() },
        "target" => this with { Target = value.GetDouble() },
        "omega" => this with { Omega = value.GetDouble() },
        "tanh_scale" => this with { TanhScale = value.GetDouble() },
        "pre_act" => this with { PreAct = value.GetDouble() },
        "pre_act_dead" => this with { PreActDead = value.GetBoolean() },
        "recon" => this with { Recon = Word(value) },
        "widths" => this with { Widths = IsNull(value) ? null : [.. value.EnumerateArray().Select(width => width.GetInt32())] },
        "weights" => this with { Weights = IsNull(value) ? null : [.. value.EnumerateArray().Select(weight => weight.GetDouble())] },
        "k" => this with { K = value.GetDouble() },
        "rescale" => this with { Rescale = value.GetBoolean() },
        "aux" => this with { Aux = value.GetDouble() },
        "k_aux" => this with { KAux = IsNull(value) ? null : value.GetInt32() },
        "aux_relu" => this with { AuxRelu = value.GetBoolean() },
        "aux_norm" => this with { AuxNorm = Word(value) },
        "aux_scale" => this with { AuxScale = value.GetBoolean() },
        "aux_detach" => this with { AuxDetach = value.GetBoolean() },
        "aux_grad_encoder" => this with { AuxGradEncoder = value.GetBoolean() },
        "aux_frozen" => this with { AuxFrozen = value.GetBoolean() },
        "dead_after" => this with { DeadAfter = value.GetInt32() },
        "dead_rule" => this with { DeadRule = Word(value) },
        "ema" => this with { Ema = value.GetDouble() },
        "ema_start" => this with { EmaStart = value.GetInt32() },
        "ema_init" => this with { EmaInit = value.GetDouble() },
        "ema_stat" => this with { EmaStat = Word(value) },
        "skip" => this with { Skip = value.GetBoolean() },
        "lr" => this with { Lr = value.GetDouble() },
        "lr_warmup" => IsNull(value) ? this with { LrWarmup = null } : this with { LrWarmup = Word(value[0]), LrWarmupSteps = value[1].GetInt32() },
        "beta1" => this with { Beta1 = value.GetDouble() },
        "beta2" => this with { Beta2 = value.GetDouble() },
        "eps" => this with { Eps = value.GetDouble() },
        "clip" => this with { Clip = value.GetDouble() },
        "project" => this with { Project = value.GetBoolean() },
        "unit_norm" => this with { UnitNorm = value.GetBoolean() },
        "clamp_threshold" => this with { ClampThreshold = value.GetBoolean() },

        // How the data and the first parameters were drawn: both are in the case.
        "small_latents" or "seed" or "transcoder" => this,
        _ => throw new InvalidDataException($"unknown option '{name}'"),
    };

    private static bool IsNull(JsonElement value) => value.ValueKind == JsonValueKind.Null;

    private static string Word(JsonElement value) => value.GetString() ?? throw new InvalidDataException("a word is expected, got null");
}
