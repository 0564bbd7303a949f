package io.github.txt2lora.samples.spring;

import io.github.txt2lora.InvalidSettingException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Reports the error of a request in the form of RFC 9457. */
@RestControllerAdvice
final class ProblemResponses extends ResponseEntityExceptionHandler {

    /** Messages of the library state the expected values, so clients get them as they are. */
    @ExceptionHandler
    ProblemDetail invalid(InvalidSettingException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
}
