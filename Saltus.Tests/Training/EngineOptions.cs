using System.Text.Json;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>Options of a reference case as the engine's; an option that the engine would ignore fails the case.</summary>
internal static class EngineOptions
{
    // Options that say nothing about a JumpReLU case, or are read elsewhere: their values are checked to be without effect.
    private static readonly Dictionary<string, string[]> s_withoutEffect = new()
    {
        ["arch"] = ["jumprelu"],
        ["d_out"] = ["null"],
        ["log_chain"] = ["true"],
        ["step_on"] = ["pre"],
        ["recon"] = ["sum"],
        ["widths"] = ["null"],
        ["weights"] = ["null"],
        ["rescale"] = ["false"],
        ["aux"] = ["0.0", "0"],
        ["ema"] = ["0.0", "0"],
        ["skip"] = ["false"],
    };

    private static readonly string[] s_readElsewhere =
    [
        "d_in", "latents", "batch", "pool", "steps", "k", "k_aux", "aux_relu", "aux_norm", "aux_scale", "aux_detach", "aux_grad_encoder", "aux_frozen",
        "ema_start", "ema_init", "ema_stat", "small_latents", "threshold_init",
    ];

    public static (TrainerOptions Trainer, JumpReluOptions Method) Read(JsonElement options, string name)
    {
        TrainerOptions trainer = new() { DeadRule = DeadRule.Tokens, Schedule = new LearningRateSchedule(WarmupShape.Cosine, 0) };
        JumpReluOptions method = new() { InitialThreshold = 1 };
        foreach (JsonProperty option in options.EnumerateObject())
        {
            JsonElement value = option.Value;
            string text = value.ToString().ToLowerInvariant();
            text = text.Length == 0 ? "null" : text;
            if (s_withoutEffect.TryGetValue(option.Name, out string[]? allowed))
            {
                Assert.True(allowed.Contains(text), $"{name}: the engine has no {option.Name} = {text}");
                continue;
            }

            (trainer, method) = option.Name switch
            {
                "pre_bias" => (trainer with { PreEncoderBias = value.GetBoolean() }, method),
                "threshold" => (trainer, method with { LogThreshold = text == "log" }),
                "bandwidth" => (trainer, method with { Bandwidth = value.GetDouble() }),
                "kernel" => (trainer, method with { Kernel = Enum.Parse<BandKernel>(text, ignoreCase: true) }),
                "relu_pre" => (trainer, method with { ReluPreActivation = value.GetBoolean() }),
                "ste_to_input" => (trainer, method with { EstimatorToInput = value.GetBoolean() }),
                "sparsity" => (trainer, method with { Penalty = Penalty(text, name) }),
                "coefficient" => (trainer, method with { Lambda = value.GetDouble() }),
                "coefficient_warmup" => (trainer, method with { LambdaWarmupSteps = value.GetInt32() }),
                "target" => (trainer, method with { TargetL0 = value.GetDouble() }),
                "omega" => (trainer, method with { FrequencyScale = value.GetDouble() }),
                "tanh_scale" => (trainer, method with { TanhScale = value.GetDouble() }),
                "pre_act" => (trainer, method with { PreActivationCoefficient = value.GetDouble() }),
                "pre_act_dead" => (trainer, method with { PreActivationDeadOnly = value.GetBoolean() }),
                "clamp_threshold" => (trainer, method with { ClampThreshold = value.GetBoolean() }),
                "dead_after" => (trainer with { DeadAfter = value.GetInt64() }, method),
                "dead_rule" => (trainer with { DeadRule = Enum.Parse<DeadRule>(text, ignoreCase: true) }, method),
                "lr" => (trainer with { LearningRate = value.GetDouble() }, method),
                "lr_warmup" => (trainer with { Schedule = Warmup(value) }, method),
                "beta1" => (trainer with { Beta1 = value.GetDouble() }, method),
                "beta2" => (trainer with { Beta2 = value.GetDouble() }, method),
                "eps" => (trainer with { Epsilon = value.GetDouble() }, method),
                "clip" => (trainer with { ClipNorm = value.GetDouble() }, method),
                "project" => (trainer with { ProjectDecoderGradient = value.GetBoolean() }, method),
                "unit_norm" => (trainer with { UnitNormDecoder = value.GetBoolean() }, method),
                _ when s_readElsewhere.Contains(option.Name) => (trainer, method),
                _ => throw new InvalidOperationException($"{name}: option {option.Name} is not known"),
            };
        }

        return (trainer, method);
    }

    private static SparsityPenalty Penalty(string text, string name) => text switch
    {
        "l0" => SparsityPenalty.L0,
        "l0_target" => SparsityPenalty.TargetL0,
        "l0_quadratic" => SparsityPenalty.QuadraticL0,
        "frequency" => SparsityPenalty.Frequency,
        "tanh" => SparsityPenalty.Tanh,
        _ => throw new InvalidOperationException($"{name}: sparsity {text} is not known"),
    };

    private static LearningRateSchedule Warmup(JsonElement value) => value.ValueKind == JsonValueKind.Null
        ? new LearningRateSchedule(WarmupShape.Cosine, 0)
        : new LearningRateSchedule(Enum.Parse<WarmupShape>(value[0].GetString()!, ignoreCase: true), value[1].GetInt32());
}
