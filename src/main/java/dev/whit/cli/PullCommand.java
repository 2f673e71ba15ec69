package dev.whit.cli;

import dev.whit.app.ExitCode;
import dev.whit.config.InvalidSettingException;
import dev.whit.hub.Hub;
import dev.whit.hub.HubRepo;
import dev.whit.hub.HubSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fetches a model from the Hugging Face Hub. */
@Command(
    name = "pull",
    description = "Fetch a model from the Hugging Face Hub into the cache that Python uses too.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:it is there; its path is printed", "1:it cannot be had", "2:wrong usage"},
    footerHeading = "%nEnvironment:%n",
    footer = {
      "  HF_TOKEN              for private and gated repositories",
      "  HF_ENDPOINT           another Hub than https://huggingface.co",
      "  HF_HOME, HF_HUB_CACHE where the cache is (default ~/.cache/huggingface/hub)",
      "  HF_HUB_OFFLINE=1      use what is in the cache, fetch nothing",
      "",
      "Examples:",
      "  whit pull ORG/NAME",
      "  whit pull ORG/NAME/model-Q8_0.gguf@main",
      "  whit serve --model llama=hf:ORG/NAME"
    })
final class PullCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "ORG/NAME[/FILE][@REVISION]",
      description = "The repository; FILE when it has several checkpoints.")
  private String repository;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Path path;
    try (PullProgress progress = new PullProgress(spec.commandLine().getErr(), repository)) {
      path = new Hub(HubSettings.of(System.getenv())).pull(repo(repository), progress);
    }
    out.println(path);
    out.flush();
    return ExitCode.DONE;
  }

  /** A repository as written on the command line. */
  static HubRepo repo(String text) {
    try {
      return HubRepo.parse(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(String.valueOf(e.getMessage()));
    }
  }
}
