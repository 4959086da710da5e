namespace Saltus.Tests.Training.Twin;

internal sealed partial record TwinOptions
{
    /// <summary>Fails, naming the option, on a value that the reference does not define and on combinations that it would ignore in silence.</summary>
    public TwinOptions Validate()
    {
        OneOf("arch", Arch, "jumprelu", "relu", "gated", "topk", "batchtopk");
        OneOf("threshold", Threshold, "log", "raw");
        OneOf("kernel", Kernel, "rectangle", "triangle", "epanechnikov", "gaussian");
        OneOf("step_on", StepOn, "pre", "post");
        OneOf("sparsity", Sparsity, "none", "l0", "l0_target", "l0_quadratic", "frequency", "tanh", "l1", "l1_norm", "l1_input_norm");
        OneOf("recon", Recon, "sum", "mean", "fvu", "normalised");
        OneOf("aux_norm", AuxNorm, "none", "residual_variance", "total_variance", "mean");
        OneOf("dead_rule", DeadRule, "tokens", "steps");
        OneOf("ema_stat", EmaStat, "batch_min", "row_mean");
        OneOf("lr_warmup", LrWarmup ?? "none", "none", "cosine", "linear");

        Refuse(UsesStep && Arch != "jumprelu", "sparsity", Sparsity, "counts steps over a threshold, which only arch jumprelu has");
        Refuse(UsesL1 && Arch is not ("relu" or "gated"), "sparsity", Sparsity, "is defined for arch relu and gated");
        Refuse(PreAct != 0 && Arch != "jumprelu", "pre_act", PreAct, "needs the thresholds of arch jumprelu");
        Refuse(PreActDead && DeadRule != "steps", "pre_act_dead", PreActDead, "needs dead_rule steps: the mask is taken before the batch");
        Refuse(Rescale && !IsTopK, "rescale", Rescale, "is defined for arch topk and batchtopk");
        Refuse(ReluPre && Arch == "gated", "relu_pre", ReluPre, "is not defined for arch gated");
        Refuse(ClampThreshold && (Arch != "jumprelu" || Threshold != "raw"), "clamp_threshold", ClampThreshold, "needs a raw threshold");
        Refuse(Arch == "topk" && K != Math.Floor(K), "k", K, "must be a whole number for arch topk");
        Refuse(Widths?.Count != Weights?.Count, "weights", Weights?.Count ?? 0, $"must be as many as widths, {Widths?.Count ?? 0}");
        Refuse(Widths is not null && Widths.Any(width => width <= 0 || width > Latents), "widths", "beyond the latents", $"must lie in 1..{Latents}");
        Refuse(PreBias && Outputs != DIn, "pre_bias", PreBias, "needs as many outputs as inputs");
        return this;
    }

    private bool UsesStep => Sparsity is "l0" or "l0_target" or "l0_quadratic" or "frequency";

    private bool UsesL1 => Sparsity is "l1" or "l1_norm" or "l1_input_norm";

    private static void OneOf(string option, string value, params ReadOnlySpan<string> known)
    {
        if (!known.Contains(value))
        {
            throw new InvalidDataException($"option {option}: unknown value '{value}', known: {string.Join(", ", known.ToArray())}");
        }
    }

    private static void Refuse(bool wrong, string option, object value, string reason)
    {
        if (wrong)
        {
            throw new InvalidDataException($"option {option} = {value}: {reason}");
        }
    }
}
