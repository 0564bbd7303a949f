# Prodigy (Mishchenko, Defazio, arXiv 2306.06101): Adam whose step size d is estimated from the distance travelled

class Prodigy(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  beta1 : float
  beta2 : float
  beta3 : float
  epsilon : float
  weight_decay : float
  d0 : float
  d_coef : float
  growth_rate : float
  use_bias_correction : bool
  safeguard_warmup : bool
  state : Dict[str, Tensor]

  def start(self, parameters: Tensor) -> Tensor:
    self.state["initial"] = parameters.clone()
    self.state["exp_avg"] = torch.zeros_like(parameters)
    self.state["exp_avg_sq"] = torch.zeros_like(parameters)
    self.state["s"] = torch.zeros_like(parameters)
    self.state["step"] = torch.zeros([], dtype=7)
    self.state["d"] = torch.zeros([], dtype=7) + self.d0
    self.state["d_max"] = torch.zeros([], dtype=7) + self.d0
    self.state["numerator"] = torch.zeros([], dtype=7)
    return parameters

  def step(self, parameters: Tensor, gradient: Tensor, learning_rate: Tensor) -> Tensor:
    if "step" not in self.state:
      self.start(parameters)
    step = float(self.state["step"])
    d = float(self.state["d"])
    rate = d * float(learning_rate)
    if self.use_bias_correction:
      rate = rate * ((1.0 - self.beta2 ** (step + 1.0)) ** 0.5) / (1.0 - self.beta1 ** (step + 1.0))
    self.state["step"] = self.state["step"] + 1
    if rate == 0.0:
      return self.state["d"]
    beta3 = self.beta3
    if beta3 != beta3: # NaN stands for the default
      beta3 = torch.sqrt(self.beta2)
    travelled = float(torch.dot(gradient, self.state["initial"] - parameters))
    numerator = float(self.state["numerator"]) * beta3 + (d / self.d0) * rate * travelled
    self.state["exp_avg"].mul_(self.beta1).add_(gradient, alpha=d * (1.0 - self.beta1))
    self.state["exp_avg_sq"].mul_(self.beta2).addcmul_(gradient, gradient, value=d * d * (1.0 - self.beta2))
    weight = rate
    if self.safeguard_warmup:
      weight = d
    self.state["s"].mul_(beta3).add_(gradient, alpha=(d / self.d0) * weight)
    denominator = float(self.state["s"].abs().sum())
    if denominator == 0.0:
      return self.state["d"]
    estimate = self.d_coef * numerator / denominator
    if d == self.d0:
      d = max(d, estimate)
    d_max = max(float(self.state["d_max"]), estimate)
    d = min(d_max, d * self.growth_rate)
    self.state["numerator"] = torch.zeros([], dtype=7) + numerator
    self.state["d_max"] = torch.zeros([], dtype=7) + d_max
    self.state["d"] = torch.zeros([], dtype=7) + d
    deviation = self.state["exp_avg_sq"].sqrt().add_(d * self.epsilon)
    parameters.mul_(1.0 - self.weight_decay * rate)
    parameters.addcdiv_(self.state["exp_avg"], deviation, value=-rate)
    return self.state["d"]

  def state_dict(self) -> Dict[str, Tensor]:
    return self.state

  def reset(self, parameters: Tensor, values: Tensor) -> Tensor:
    self.state.clear()
    return parameters.copy_(values)

  def load_state_dict(self, state: Dict[str, Tensor]) -> Tensor:
    for key in state.keys():
      self.state[key] = state[key].clone()
    return torch.zeros([])
