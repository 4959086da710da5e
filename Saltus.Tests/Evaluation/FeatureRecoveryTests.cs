using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Evaluation;

public class FeatureRecoveryTests
{
    [Fact]
    public void Cosines_shares_and_errors_of_an_SAE_made_by_hand()
    {
        // Latent 0 is feature 0, latent 1 lies at cosine 0.8 to feature 1, latent 2 never fires.
        using Matrix encoder = Matrix.FromRows(3, 2, [1, 0, 0, 1, 1, 1]);
        using Matrix decoder = Matrix.FromRows(3, 2, [2, 0, 0.6f, 0.8f, 0, 1]);
        using SparseAutoencoder sae = new(encoder, [0, 0, -100], decoder, [0, 0], new JumpReluActivation([0.5f, 0.5f, 0.5f]));
        using Matrix features = Matrix.FromRows(2, 2, [3, 0, 0, 1]);
        using Matrix vectors = Matrix.FromRows(2, 2, [1, 0, 0, 1]);
        using WorkTeam team = new(1);
        RecoveryScores scores = FeatureRecovery.Score(team, sae, features, vectors);
        Assert.Equal(1, scores.L0);
        Assert.Equal(0.9, scores.MaximumCosine, 1e-7);
        Assert.Equal(0.5, scores.Recovered);
        Assert.Equal(0.9, scores.MaximumCosineOfLatents, 1e-7);
        Assert.Equal(1 / 3.0, scores.Dead, 1e-12);

        // Reconstructions (2, 0) and (0.6, 0.8): errors 1 and 0.4 of squared norms 1 and 1; about the mean (½, ½) the variance is 1.
        Assert.Equal(0.7, scores.Mse, 1e-6);
        Assert.Equal(1.4, scores.Fvu, 1e-6);
    }

    [Fact]
    public void The_true_dictionary_with_the_recorded_threshold_scores_as_recorded()
    {
        foreach (string folder in Fixtures.Roots.Select(root => Path.Combine(root, "training", "synthetic")).Where(folder => File.Exists(Path.Combine(folder, "independent.safetensors"))))
        {
            using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "independent.safetensors"));
            float[] dictionary = Array.ConvertAll(file.ReadFloat64("dictionary"), value => (float)value);
            using Matrix features = Matrix.FromRows(256, 64, dictionary);
            using Matrix vectors = Matrix.FromRows(4096, 64, file.ReadFloat32("x_f32"));
            float[] thresholds = new float[256];
            thresholds.AsSpan().Fill(0.3f);
            using SparseAutoencoder sae = new(features.Clone(), new float[256], features.Clone(), new float[64], new JumpReluActivation(thresholds));
            using WorkTeam team = new(2);
            RecoveryScores scores = FeatureRecovery.Score(team, sae, features, vectors);

            // baseline.json, last row: rounded to four digits there.
            Assert.Equal(6.28, scores.L0, 0.01);
            Assert.Equal(0.3028, scores.Fvu, 2e-4);
            Assert.Equal((1, 1, 0), (Math.Round(scores.MaximumCosine, 6), scores.Recovered, scores.Dead));
        }
    }

    [Theory]
    [InlineData(SyntheticKind.Independent)]
    [InlineData(SyntheticKind.Correlated)]
    [InlineData(SyntheticKind.Hierarchical)]
    public void Drawn_vectors_are_of_their_kind_and_the_same_on_any_number_of_threads(SyntheticKind kind)
    {
        SyntheticOptions options = new() { Kind = kind, Width = 24, Features = 64, MeanActive = 4, Seed = 3 };
        using WorkTeam one = new(1);
        using WorkTeam three = new(3);
        using SyntheticVectors first = new(one, options);
        using SyntheticVectors second = new(three, options);
        using Matrix x = first.Draw(3000);
        using Matrix y = second.Draw(3000);
        Assert.True(x.Span.SequenceEqual(y.Span));
        double squares = 0;
        foreach (float value in x.Span)
        {
            squares += (double)value * value;
        }

        Assert.Equal(1, squares / 3000, 0.06);
        for (int feature = 0; feature < 64; feature++)
        {
            Assert.Equal(1, Reductions.Dot(first.Features.Row(feature), first.Features.Row(feature)), 1e-5);
        }
    }
}
