// The measures of the fidelity table: how each is written, and what it says in plain words.

const MEASURES = [
    ["Reconstruction", [
        ["fvu", "FVU", value => significant(value), "Fraction of variance unexplained: the squared error of the reconstruction, divided by the squared distance of the activations from their own mean. 0 is perfect; 1 is no better than always answering with the mean."],
        ["explainedVariance", "Explained variance", value => significant(value), "1 − FVU: the share of the activations' variance that the reconstruction carries."],
        ["mse", "Squared error", value => significant(value), "Mean squared length of the error vector, in the squared units of the activations. It depends on their scale: compare it only at the same site of the same model."],
        ["cosine", "Cosine", value => significant(value), "Mean cosine of the angle between activation and reconstruction. 1 is the same direction."],
        ["bias", "Relative reconstruction bias", value => significant(value), "Below 1 the reconstructions are systematically too short, above 1 too long; 1 is unbiased. Methods that penalise the size of activations shrink them."],
    ]],
    ["Sparsity", [
        ["l0", "L0", value => places(value, 2), "Mean number of latents that are active on a token. Fewer are easier to read; more reconstruct better."],
        ["dead", "Dead latents", countOfWidth, "Latents that are silent on the whole evaluation set. They are capacity that nobody uses."],
        ["above1Percent", "Active on > 1\u202f% of tokens", countOfWidth, "Latents that answer to more than one token in a hundred."],
        ["above10Percent", "Active on > 10\u202f% of tokens", countOfWidth, "Latents that answer to more than one token in ten. So dense a latent seldom has one meaning that can be told."],
        ["uniformity", "Uniformity r", value => significant(value, 3), "How evenly the importance is spread over a token's active latents. 1: all matter alike."],
    ]],
    ["In the language model", [
        ["lossClean", "Loss, clean", nats, "The language model's own loss on these documents, in nats for each predicted token."],
        ["lossSpliced", "Loss, spliced", nats, "The loss when every activation is replaced by its reconstruction."],
        ["lossMean", "Loss, mean ablation", nats, "The loss when every activation is replaced by the mean of the evaluation set: what a reconstruction without information costs."],
        ["lossZero", "Loss, zero ablation", nats, "The loss when every activation is replaced by zeros."],
        ["deltaLoss", "Delta loss", nats, "Spliced minus clean: what reading through the autoencoder costs, in nats a token. The figure to compare at equal L0."],
        ["lossRecovered", "Loss recovered", value => percentPlaces(value, 2), "(zero − spliced) ÷ (zero − clean): 100 % is no loss at all, 0 % is as bad as zeros. Zeroing is so harmful that good autoencoders crowd near 100 %: delta loss tells them apart."],
        ["kl", "KL divergence", nats, "Mean divergence of the next-token distribution with the reconstruction from that without it, in nats. It sees changes that cancel in the mean loss."],
    ]],
];

function nats(value) {
    return Math.abs(value) < 1e-3 ? significant(value, 3) : places(value, 4);
}

function countOfWidth(value) {
    return count(value);
}
