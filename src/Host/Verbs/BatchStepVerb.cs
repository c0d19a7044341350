using System.CommandLine;
using Caudal.Host.Composition;

namespace Caudal.Host.Verbs;

static class BatchStepVerb
{
    public static VerbCommand Build()
    {
        var name = new Argument<string>("NAME") { Description = "extract, validate, load, reconcile or purge", HelpName = "NAME" }
            .AcceptOnlyFromAmong("extract", "validate", "load", "reconcile", "purge");
        var run = new Option<long>("--run")
        {
            Description = "The run's number", HelpName = "ID", CustomParser = WholeNumber.Parse<long>, Required = true,
        };
        return new VerbCommand(
            "step", "Run one step of a run; a step that was done already changes nothing",
            "caudal batch step extract --run 3")
        {
            name, run,
        }.Explains(
            ["For a scheduler that takes each step as a task of its own: extract, validate, load, reconcile, purge, in this order."],
            "the run waits for a person, or history and hot do not agree", "Batch").Does(async (parse, session, cancellation) =>
        {
            session.RequireData();
            var (step, id) = (parse.GetRequiredValue(name), parse.GetValue(run));
            await using var connection = await Connection.OpenAsync(session, cancellation);
            var path = $"/api/batch/runs/{id}/steps/{step}";
            var done = await BatchRunVerb.WorkAsync(connection, path, $"Run {id}: {step}", session.Terminal, cancellation);
            return BatchVerbs.Finish(done, session);
        });
    }
}
