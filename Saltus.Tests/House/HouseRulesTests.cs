using System.Runtime.InteropServices;
using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Saltus.Autoencoders;
using Saltus.Cli;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Architecture = ArchUnitNET.Domain.Architecture;
using Assembly = System.Reflection.Assembly;

namespace Saltus.Tests.House;

/// <summary>The shape of the house, read from the built assemblies: who may know whom, and who may touch memory and console. The clock is kept
/// out of the libraries by their list of banned calls.</summary>
public sealed class HouseRulesTests
{
    private static readonly Assembly s_core = typeof(SparseAutoencoder).Assembly;
    private static readonly Assembly s_lm = typeof(LanguageModel).Assembly;
    private static readonly Assembly s_cli = typeof(Tool).Assembly;
    private static readonly Architecture s_house = new ArchLoader().LoadAssemblies(s_core, s_lm, s_cli).Build();

    [Fact]
    public void Dependence_points_one_way()
    {
        TypesOf(s_core).Should().NotDependOnAny(TypesOf(s_lm)).Check(s_house);
        TypesOf(s_core).Should().NotDependOnAny(TypesOf(s_cli)).Check(s_house);
        TypesOf(s_lm).Should().NotDependOnAny(TypesOf(s_cli)).Check(s_house);
    }

    [Fact]
    public void One_type_owns_unmanaged_memory() =>
        ArchRuleDefinition.Types().That().DoNotHaveFullNameContaining(typeof(AlignedBuffer<>).FullName!).Should().NotDependOnAny(typeof(NativeMemory)).Check(s_house);

    [Fact]
    public void Only_the_tool_knows_the_console()
    {
        TypesOf(s_core).Should().NotDependOnAny(typeof(Console)).Check(s_house);
        TypesOf(s_lm).Should().NotDependOnAny(typeof(Console)).Check(s_house);
    }

    [Fact]
    public void The_rules_see_what_they_forbid()
    {
        // A rule about a type that the loader never met would hold whatever the code did.
        Assert.Throws<FailedArchRuleException>(() => TypesOf(s_cli).Should().NotDependOnAny(TypesOf(s_lm)).Check(s_house));
        Assert.Throws<FailedArchRuleException>(() => TypesOf(s_cli).Should().NotDependOnAny(typeof(Console)).Check(s_house));
        Assert.Throws<FailedArchRuleException>(() => TypesOf(s_core).Should().NotDependOnAny(typeof(NativeMemory)).Check(s_house));
    }

    private static ArchUnitNET.Fluent.Syntax.Elements.Types.GivenTypesConjunction TypesOf(Assembly assembly) =>
        ArchRuleDefinition.Types().That().ResideInAssembly(assembly);
}
