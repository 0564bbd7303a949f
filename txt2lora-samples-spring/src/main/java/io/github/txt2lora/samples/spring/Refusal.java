package io.github.txt2lora.samples.spring;

import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A request that the service does not take on now; the client is told why in one sentence. */
final class Refusal extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    private Refusal(HttpStatus status, String sentence) {
        super(status, ProblemDetail.forStatusAndDetail(status, sentence), null);
    }

    static Refusal of(HttpStatus status, String sentence) {
        return new Refusal(status, sentence);
    }

    /** One that the client may repeat after a time. */
    static Refusal until(HttpStatus status, String sentence, Duration later) {
        Refusal refusal = new Refusal(status, sentence);
        refusal.getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(later.toSeconds()));
        return refusal;
    }
}
