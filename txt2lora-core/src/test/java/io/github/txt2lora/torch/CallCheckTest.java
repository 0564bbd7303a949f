package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The check before long calls of a script. */
@Tag("djl")
class CallCheckTest {

    private Torch torch;
    private NDManager scope;
    private ScriptModule script;
    private final List<String> checks = new ArrayList<>();

    @BeforeEach
    void open() {
        torch = TestTorch.start();
        scope = torch.newScope();
        script = torch.newModule(new ScriptClass("closed_form", "ClosedForm"));
    }

    @AfterEach
    void close() {
        torch.close();
    }

    private ScriptCall longCall() {
        return script.longCall("solve", scope);
    }

    @Test
    void runs_before_each_long_call_and_no_other() {
        String result = torch.checkingCalls(() -> checks.add("check"), () -> {
            longCall();
            script.call("solve", scope).withVectors("problem", Map.of("kept", new double[1]));
            longCall();
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(checks).containsExactly("check", "check");
    }

    @Test
    void ends_the_task_by_what_it_throws_and_is_gone_then() {
        Runnable cancel = () -> {
            throw new CancellationException("enough");
        };

        assertThatThrownBy(() -> torch.checkingCalls(cancel, this::longCall))
                .isInstanceOf(CancellationException.class)
                .hasMessage("enough");

        assertThat(longCall()).isNotNull();
    }

    @Test
    void gives_way_to_that_of_a_task_within_the_task() {
        torch.checkingCalls(() -> checks.add("outer"), () -> {
            torch.checkingCalls(() -> checks.add("inner"), this::longCall);
            return longCall();
        });

        assertThat(checks).containsExactly("inner", "outer");
    }

    @Test
    void is_that_of_the_calling_thread_alone() {
        torch.checkingCalls(
                () -> checks.add("check"),
                () -> CompletableFuture.supplyAsync(this::longCall).join());

        assertThat(checks).isEmpty();
    }
}
